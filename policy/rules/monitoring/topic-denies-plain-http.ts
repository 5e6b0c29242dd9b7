// SNS accepts plain HTTP unless the topic's policy denies it.

import { deniesPlainHttp } from "../../queries/conditions";
import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const topicDeniesPlainHttp: Rule = {
  name: "topic-denies-plain-http",
  description: "A topic denies everybody to publish over plain HTTP.",
  severity: "medium",
  controls: ["OWN.TopicTls"],
  types: ["aws:sns/topic:Topic"],
  check: (topic, view) => {
    const own = resourceStatements(topic);
    const apart = view.pointingAt(topic, "aws:sns/topicPolicy:TopicPolicy", "arn").flatMap(resourceStatements);
    return unmet({
      "no statement denies sns:Publish to everybody when aws:SecureTransport is false": [...own, ...apart].some(
        (statement) => deniesPlainHttp(statement, /^sns:(Publish|\*)$/i, () => [text(topic.outputs.arn)]),
      ),
    });
  },
};
