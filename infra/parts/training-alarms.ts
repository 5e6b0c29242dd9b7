// Who is told when the pipeline or a publication fails.

import { MetricAlarm } from "@pulumi/aws/cloudwatch";
import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";

export interface TrainingAlarmsArgs {
  readonly location: Location;
  /** Key of the topic, which CloudWatch may use. */
  readonly keyArn: pulumi.Input<string>;
  readonly pipelineName: string;
  /** Name of the publisher function. */
  readonly publisher: string;
  /** Address that everything is sent to; empty: whoever subscribes to the topic by other means. */
  readonly email: string;
}

export class TrainingAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TrainingAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingAlarms", name, {}, options);
    const child = { parent: this };
    const topic = new Topic(`${name}-topic`, { kmsMasterKeyId: args.keyArn }, child);
    new TopicPolicy(
      `${name}-topic-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => JSON.stringify(alarmsMayPublish(arn, args.location))) },
      child,
    );
    if (args.email !== "") {
      new TopicSubscription(`${name}-email`, { topic: topic.arn, protocol: "email", endpoint: args.email }, child);
    }
    const alarm = (role: string, what: object) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          threshold: 1,
          statistic: "Sum",
          period: 300,
          evaluationPeriods: 1,
          treatMissingData: "notBreaching",
          alarmActions: [topic.arn],
          ...what,
        },
        child,
      );
    // Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (pipelines metrics)
    alarm("execution-failed", {
      alarmDescription: `A run of ${args.pipelineName} failed: its step says why`,
      namespace: "AWS/Sagemaker/ModelBuildingPipeline",
      metricName: "ExecutionFailed",
      dimensions: { PipelineName: args.pipelineName },
    });
    alarm("publication-failed", {
      alarmDescription: "An approved model was not published, or a canary not taken back: the publisher's log says why",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.publisher },
    });
    this.registerOutputs({});
  }
}

/** CloudWatch's alarms of this account, over TLS alone. */
export function alarmsMayPublish(topicArn: string, { account }: Location): object {
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
