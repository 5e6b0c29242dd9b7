// Logs show who called what; the policy of a customer-managed key controls who can read them.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const logsAreEncryptedByOurKey: Rule = {
  name: "logs-are-encrypted-by-our-key",
  description: "A log group is encrypted by a customer-managed key.",
  severity: "medium",
  controls: ["OWN.LogKms"],
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check: ({ inputs }) => unmet({ "kmsKeyId is not set": text(inputs.kmsKeyId) !== "" }),
};
