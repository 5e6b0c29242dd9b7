// SNS accepts plain HTTP unless the topic's policy denies it.

import { at, text, texts } from "../../queries/read";
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
        ({ allows, principals, exceptPrincipals, actions, exceptActions, resources, exceptResources, conditions }) =>
          !(allows || exceptPrincipals || exceptActions || exceptResources) &&
          principals.includes("*") &&
          actions.some((action) => /^sns:(Publish|\*)$/i.test(action)) &&
          resources.some((name) => name === "*" || name === text(topic.outputs.arn)) &&
          // With a second condition, the statement would apply only if both hold.
          Object.values(conditions).flatMap((tests) => Object.keys(Object(tests) as object)).length === 1 &&
          texts(at(conditions, "Bool", "aws:SecureTransport")).join() === "false",
      ),
    });
  },
};
