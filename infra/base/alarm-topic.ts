// An encrypted SNS topic for alarms, and an optional e-mail subscription. One per region, because an alarm can only
// notify a topic in its own region. Guarantees: its policy lets only CloudWatch alarms of this account and EventBridge
// publish, over TLS.

import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";

export interface AlarmTopicArgs {
  readonly location: Location;
  /** KMS key of the topic, which CloudWatch and EventBridge may use. */
  readonly keyArn: pulumi.Input<string>;
  /** E-mail address to subscribe, which gets nothing until it confirms; empty: no subscription is created. */
  readonly email: string;
}

export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location, keyArn, email }: AlarmTopicArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:AlarmTopic", name, {}, options);
    const child = { parent: this };
    const topic = new Topic(`${name}-topic`, { kmsMasterKeyId: keyArn }, child);
    new TopicPolicy(
      `${name}-topic-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => JSON.stringify(topicPolicy(arn, location))) },
      child,
    );
    if (email !== "") {
      new TopicSubscription(`${name}-email`, { topic: topic.arn, protocol: "email", endpoint: email }, child);
    }
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/**
 * Allows CloudWatch alarms of this account and EventBridge to publish, over TLS only. EventBridge's statement has no
 * condition, because AWS documents none for topics.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function topicPolicy(topicArn: string, { account }: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      {
        Sid: "Rules",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
      },
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
