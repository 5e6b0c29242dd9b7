// A secret that is deleted at once takes its value with it; the recovery window is the time to notice a mistake.

import { amount } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { secretType } from "./rotations";

export const secretOutlivesAMistake: Rule = {
  name: "secret-outlives-a-mistake",
  description: "A secret's deletion can be undone for at least 7 days (AWS's own default is 30).",
  severity: "low",
  controls: ["OWN.SecretRecovery"],
  types: [secretType],
  check: ({ inputs }) =>
    unmet({
      "recoveryWindowInDays is under 7":
        inputs.recoveryWindowInDays === undefined || amount(inputs.recoveryWindowInDays) >= 7,
    }),
};
