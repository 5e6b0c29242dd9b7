// Logs tell who called what: a key of ours decides who reads them.

import { text } from "../read";
import { type Rule, unmet } from "../rule";

export const logsAreEncryptedByOurKey: Rule = {
  name: "logs-are-encrypted-by-our-key",
  says: "A log group is encrypted by a customer-managed key.",
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check: ({ inputs }) => unmet({ "kmsKeyId is not set": text(inputs.kmsKeyId) !== "" }),
};
