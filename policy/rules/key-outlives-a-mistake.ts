// A deleted key takes with it everything that it encrypted; the window is the time to notice.

import { amount } from "../read";
import { unmet, type Rule } from "../rule";

export const keyOutlivesAMistake: Rule = {
  name: "key-outlives-a-mistake",
  says: "A key's deletion can be undone for at least 14 days (AWS's own default is 30).",
  types: ["aws:kms/key:Key"],
  check: ({ inputs }) =>
    unmet({
      "deletionWindowInDays is under 14":
        inputs.deletionWindowInDays === undefined || amount(inputs.deletionWindowInDays) >= 14,
    }),
};
