// Who is told when a rotation fails, when a key grows old, and when someone reads a secret who should not.

import { EventRule, EventTarget, MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { rotationMetrics } from "../../contract";
import { AlarmTopic } from "./alarm-topic";
import type { Location } from "./location";

export interface RotationAlarmsArgs {
  readonly location: Location;
  /** KMS key of the topic, which CloudWatch and EventBridge may use. */
  readonly keyArn: pulumi.Input<string>;
  /** Name of the rotation function. */
  readonly functionName: string;
  readonly secrets: readonly WatchedSecret[];
  /** Hours that a key is in use at most; 90 days where only a cron expression says when it rotates. */
  readonly rotationHours: number;
  /** Address that everything is sent to; empty: whoever subscribes to the topic by other means. */
  readonly email: string;
}

export interface WatchedSecret {
  /** Of its component. */
  readonly name: string;
  /** The physical one. */
  readonly secretName: pulumi.Input<string>;
  /** ARNs of the roles that may read it: the rotation's, and those that the settings name. */
  readonly readers: readonly pulumi.Input<string>[];
}

const hour = 3_600;
/** A rotation takes minutes; one that is pending for so long will not end by itself. */
const pendingHours = 6;
/** How late a rotation may be before someone is woken: Secrets Manager picks the time in its window, and tries again. */
const graceHours = 24;

export class RotationAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: RotationAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RotationAlarms", name, {}, options);
    const { location, email } = args;
    const child = { parent: this };
    // Of its own: the secret may live in another region than the APIs, and an alarm acts in its own region alone.
    const topic = new AlarmTopic(name, { location, keyArn: args.keyArn, email }, child);
    const alarm = (role: string, { alarmDescription = "", ...what }: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          statistic: "Maximum",
          alarmActions: [topic.arn],
          okActions: [topic.arn],
          evaluationPeriods: 1,
          alarmDescription: `${alarmDescription}: docs/runbook.md#rotation-${role}`,
          ...what,
        },
        child,
      );
    alarm("failed", {
      alarmDescription: "A step of an API key's rotation, or its sweep, failed: the function's log says which and why",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.functionName },
      statistic: "Sum",
      period: 300,
      threshold: 1,
      treatMissingData: "notBreaching",
    });
    // The sweep is hourly; without its measures nobody knows, so their absence is an alarm too.
    const swept = { namespace: location.prefix, period: hour, evaluationPeriods: 3, treatMissingData: "breaching" };
    alarm("key-too-old", {
      ...swept,
      alarmDescription: "An API key was not rotated in time, or the sweep does not run",
      metricName: rotationMetrics.keyAge,
      threshold: (args.rotationHours + graceHours) * hour,
    });
    alarm("pending-too-old", {
      ...swept,
      alarmDescription: "A rotation of an API key has not finished, or the sweep does not run",
      metricName: rotationMetrics.pendingAge,
      threshold: pendingHours * hour,
    });
    for (const secret of args.secrets) this.watchReads(secret, topic);
    this.registerOutputs({});
  }

  private watchReads({ name, secretName, readers }: WatchedSecret, topic: AlarmTopic): void {
    const rule = new EventRule(
      `${name}-foreign-read`,
      {
        description: "Someone other than its readers read an API key's secret, or tried to",
        // Reads are management events, which rules leave out unless told so; a trail must record them.
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        eventPattern: pulumi
          .all([secretName, pulumi.all([...readers])])
          .apply(([called, arns]) => JSON.stringify(foreignRead(called, arns))),
      },
      { parent: this },
    );
    new EventTarget(
      `${name}-foreign-read-target`,
      { rule: rule.name, arn: topic.arn },
      { parent: this, dependsOn: [topic] },
    );
  }
}

/**
 * Reads by anyone but these roles: other roles, and users, who act without a role. The secret can be named by ARN, partial
 * ARN or name; its name is part of each. The record of a read that was denied, as its policy denies every such read, holds no
 * request parameters: there the secret stands in the message alone.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
 * https://github.com/aws-samples/aws-health-aware/issues/19 (a denied read, as CloudTrail records it)
 */
export function foreignRead(secretName: string, readers: readonly string[]): object {
  const issuer = (rule: object) => ({ sessionContext: { sessionIssuer: { arn: [rule] } } });
  const named = [{ wildcard: `*${secretName}*` }];
  return {
    source: ["aws.secretsmanager"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventSource: ["secretsmanager.amazonaws.com"],
      eventName: ["GetSecretValue"],
      userIdentity: { $or: [issuer({ "anything-but": readers }), issuer({ exists: false })] },
      $or: [{ requestParameters: { secretId: named } }, { errorMessage: named }],
    },
  };
}
