// Deleting a key makes everything it encrypted unreadable; the waiting period is the time to notice a mistake.

import { amount } from "../../queries/read";
import { unmet, type Rule } from "../../queries/rule";

export const keyOutlivesAMistake: Rule = {
  name: "key-outlives-a-mistake",
  description: "A key's deletion can be undone for at least 14 days (AWS's own default is 30).",
  severity: "low",
  controls: ["KMS.3(window)"],
  types: ["aws:kms/key:Key"],
  check: ({ inputs }) =>
    unmet({
      "deletionWindowInDays is under 14":
        inputs.deletionWindowInDays === undefined || amount(inputs.deletionWindowInDays) >= 14,
    }),
};
