// A policy about one resource may, where AWS stores it for a whole account or a whole bucket, speak of others, too.

import { isWide } from "../../queries/arns";
import { violation, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const resourcePolicyNamesResources: Rule = {
  name: "resource-policy-names-resources",
  description:
    "A policy of a topic, a queue, a bucket or a log names the resources that it allows: no `*`, no NotResource.",
  severity: "medium",
  controls: ["OWN.PolicyActions"],
  // In the policy of a key or a secret `*` is that key or secret.
  types: [
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  ],
  check: (resource) => {
    const allowed = resourceStatements(resource).filter(({ allows }) => allows);
    if (allowed.length === 0) return undefined;
    return allowed
      .filter(({ resources, exceptResources }) => exceptResources || resources.length === 0 || resources.some(isWide))
      .map(({ sid }) => violation("an action is allowed on resources that are not named", sid));
  },
};
