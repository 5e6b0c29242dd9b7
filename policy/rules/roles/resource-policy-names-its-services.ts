// A service that AWS does not document for a kind of resource has no business there; some of them act for whoever runs code in them.

import { violation, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

/**
 * Services, as they stand before `.amazonaws.com`, that use a resource by its policy; a region may follow.
 * Source: the pages of AWS on key policies, topics, queues, access logs and log delivery.
 */
const services: Readonly<Record<string, readonly string[]>> = {
  "aws:kms/key:Key": [
    "logs",
    "cloudwatch",
    "events",
    "s3",
    "sns",
    "sqs",
    "ses",
    "cloudtrail",
    "config",
    "delivery.logs",
  ],
  "aws:kms/keyPolicy:KeyPolicy": ["logs", "cloudwatch", "events", "s3", "sns", "sqs", "ses", "cloudtrail", "config"],
  "aws:s3/bucketPolicy:BucketPolicy": ["logging.s3", "delivery.logs", "cloudtrail", "config", "s3", "cloudfront"],
  "aws:sns/topicPolicy:TopicPolicy": ["cloudwatch", "events", "s3", "ses", "budgets", "costalerts", "config"],
  "aws:sqs/queuePolicy:QueuePolicy": ["sns", "events", "s3"],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ["delivery.logs", "events", "route53", "es"],
};

export const resourcePolicyNamesItsServices: Rule = {
  name: "resource-policy-names-its-services",
  description: "A resource policy lets in only services that AWS documents for this kind of resource.",
  severity: "medium",
  controls: ["OWN.PolicyActions"],
  types: Object.keys(services),
  check: (resource) => {
    const names = resourceStatements(resource)
      .filter(({ allows }) => allows)
      .flatMap(({ principals }) => principals)
      .flatMap(
        (name) => /^Service:(.+?)(?:\.[a-z]{2,3}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/.exec(name)?.[1] ?? [],
      );
    if (names.length === 0) return undefined;
    return names
      .filter((name) => !services[resource.type]!.includes(name))
      .map((name) => violation("a service is let in that does not use such a resource", name));
  },
};
