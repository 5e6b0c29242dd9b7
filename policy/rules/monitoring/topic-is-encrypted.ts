// Alarms reveal weaknesses of the system. CloudWatch alarms cannot publish to a topic that uses AWS's own key.
// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (compatibility with AWS services)

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const topicIsEncrypted: Rule = {
  name: "topic-is-encrypted",
  description: "A topic is encrypted with a customer-managed key, which alarms may use.",
  severity: "medium",
  controls: ["SQS.1/SNS.1"],
  types: ["aws:sns/topic:Topic"],
  check: ({ inputs }) =>
    unmet({
      "kmsMasterKeyId is not a key of ours":
        text(inputs.kmsMasterKeyId) !== "" && !/alias\/aws\//.test(text(inputs.kmsMasterKeyId)),
    }),
};
