// A schedule holds what its target is told; AWS's own key decrypts it for whoever may read the schedule.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const scheduleIsEncryptedByOurKey: Rule = {
  name: "schedule-is-encrypted-by-our-key",
  description: "A schedule of EventBridge Scheduler is encrypted with a customer-managed key.",
  severity: "low",
  controls: ["OWN.ScheduleCmk"],
  types: ["aws:scheduler/schedule:Schedule"],
  check: ({ inputs }) =>
    unmet({
      "kmsKeyArn is not a key of ours": text(inputs.kmsKeyArn) !== "" && !/alias\/aws\//.test(text(inputs.kmsKeyArn)),
    }),
};
