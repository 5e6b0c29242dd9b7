// A password alone can be phished.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { servesPeople, userPoolType } from "./user-pools";

export const userPoolRequiresASecondFactor: Rule = {
  name: "user-pool-requires-a-second-factor",
  description: "A user pool that people sign in to requires a second factor.",
  severity: "medium",
  controls: ["OWN.CognitoMfa"],
  types: [userPoolType],
  check: (pool, view) =>
    servesPeople(pool, view)
      ? unmet({ "mfaConfiguration is not ON": text(pool.inputs.mfaConfiguration) === "ON" })
      : undefined,
};
