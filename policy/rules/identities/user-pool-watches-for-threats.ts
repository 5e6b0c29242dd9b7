// Attackers try stolen passwords in bulk; Cognito's threat protection detects that. Machine clients have no passwords.

import { at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { servesPeople, userPoolType } from "./user-pools";

export const userPoolWatchesForThreats: Rule = {
  name: "user-pool-watches-for-threats",
  description: "A user pool that people sign in to enforces threat protection.",
  severity: "medium",
  controls: ["Cognito.1"],
  types: [userPoolType],
  check: (pool, view) =>
    servesPeople(pool, view)
      ? unmet({
          "advancedSecurityMode is not ENFORCED":
            text(at(pool.inputs, "userPoolAddOns", "advancedSecurityMode")) === "ENFORCED",
        })
      : undefined,
};
