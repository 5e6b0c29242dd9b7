// Messages are stored in the queue until a consumer takes them.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const queueIsEncrypted: Rule = {
  name: "queue-is-encrypted",
  says: "A queue is encrypted.",
  types: ["aws:sqs/queue:Queue"],
  check: ({ inputs }) =>
    unmet({
      "neither kmsMasterKeyId nor sqsManagedSseEnabled is set":
        text(inputs.kmsMasterKeyId) !== "" || inputs.sqsManagedSseEnabled === true,
    }),
};
