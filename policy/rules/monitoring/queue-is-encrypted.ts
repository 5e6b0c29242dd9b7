// Messages are stored in the queue until a consumer takes them.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const queueIsEncrypted: Rule = {
  name: "queue-is-encrypted",
  description: "A queue is encrypted.",
  severity: "medium",
  controls: ["SQS.1/SNS.1"],
  types: ["aws:sqs/queue:Queue"],
  check: ({ inputs }) =>
    unmet({
      "neither kmsMasterKeyId nor sqsManagedSseEnabled is set":
        text(inputs.kmsMasterKeyId) !== "" || inputs.sqsManagedSseEnabled === true,
    }),
};
