// Alarms of the rotation: a step failed, or a key or a pending rotation is too old; and a notification when someone
// other than its readers reads a secret, or tries to.

import { EventRule, EventTarget, MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { rotationMetrics } from "../../contract";
import { AlarmTopic } from "../base/alarm-topic";
import type { Location } from "../base/location";

export interface RotationAlarmsArgs {
  readonly location: Location;
  /** KMS key of the topic, which CloudWatch and EventBridge may use. */
  readonly keyArn: pulumi.Input<string>;
  /** Name of the rotation function. */
  readonly functionName: string;
  readonly secrets: readonly WatchedSecret[];
  /** Longest time between two rotations, in hours; 2,160 (90 days) if a cron expression says when. */
  readonly rotationHours: number;
  /** E-mail address to subscribe to the topic; empty: no subscription is created. */
  readonly email: string;
}

export interface WatchedSecret {
  /** Name of its component. */
  readonly name: string;
  /** Its physical name. */
  readonly secretName: pulumi.Input<string>;
  /** ARNs of the roles that may read it: the rotation's, and those that the settings name. */
  readonly readers: readonly pulumi.Input<string>[];
}

const hour = 3_600;
/** Hours after which a pending rotation counts as stuck; a normal one takes minutes. */
const pendingHours = 6;
/** Hours that a rotation may be late: Secrets Manager picks the time within its window, and tries again. */
const graceHours = 24;

export class RotationAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: RotationAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RotationAlarms", name, {}, options);
    const { location, email } = args;
    const child = { parent: this };
    // Not the APIs' topic: the secrets may be in another region, and an alarm can only notify a topic in its own.
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
    // The hourly sweep emits these metrics. Missing data means that it does not run, so that is an alarm as well.
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
      `${name}-reads`,
      {
        description: "Someone other than its readers read an API key's secret, or tried to",
        // Reads are management events, which rules ignore by default; and a CloudTrail trail must record them.
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        eventPattern: pulumi
          .all([secretName, pulumi.all([...readers])])
          .apply(([called, arns]) => JSON.stringify(foreignRead(called, arns))),
      },
      { parent: this },
    );
    new EventTarget(`${name}-reads-target`, { rule: rule.name, arn: topic.arn }, { parent: this, dependsOn: [topic] });
  }
}

/**
 * Matches reads by anyone but these roles: other roles, and users, whose events have no session issuer. A request can
 * name the secret by ARN, partial ARN or name; each contains its name. The record of a denied read (the secret's policy
 * denies every such read) has no request parameters: there only the error message names the secret.
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
