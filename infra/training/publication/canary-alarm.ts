// The alarm on a canary, a newly published model that gets a share of the requests. It invokes the publisher, which
// rolls the canary back automatically, and notifies the alarm topic, because the approved model is no longer served.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html

import { MetricAlarm } from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import { canaryMetrics } from "../../../contract";
import type { ServerlessFunction } from "../../function/function";
import { arn, type Location } from "../../base/location";

export interface CanaryAlarmArgs {
  readonly location: Location;
  /** Physical name, by which the publisher recognises the alarm. */
  readonly alarmName: string;
  /** The model whose canary is watched. */
  readonly model: string;
  readonly publisher: ServerlessFunction;
  readonly topicArn: pulumi.Input<string>;
}

/**
 * A canary is rolled back if, within `period` seconds, it got at least `requests` requests and more than `percent`
 * percent of them failed.
 */
const canary = { percent: 5, requests: 10, period: 300 } as const;

export function canaryAlarm(name: string, args: CanaryAlarmArgs, parent: pulumi.Resource): MetricAlarm {
  const { location, alarmName, model, publisher } = args;
  const alarmArn = arn(location, "cloudwatch", `alarm:${alarmName}`);
  const allowed = publisher.allow(
    `${name}-canary-permission`,
    "lambda.alarms.cloudwatch.amazonaws.com",
    alarmArn,
    parent,
  );
  const metric = (id: string, metricName: string) => ({
    id,
    metric: {
      namespace: location.prefix,
      metricName,
      dimensions: { Model: model },
      stat: "Sum",
      period: canary.period,
    },
  });
  return new MetricAlarm(
    `${name}-canary`,
    {
      name: alarmName,
      alarmDescription: `The canary of ${model} fails on more than ${canary.percent} % of its requests; the publisher rolls it back: docs/runbook.md#canary`,
      comparisonOperator: "GreaterThanThreshold",
      threshold: canary.percent,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      metricQueries: [
        metric("requests", canaryMetrics.requests),
        metric("errors", canaryMetrics.errors),
        {
          id: "share",
          expression: `IF(requests >= ${canary.requests}, 100 * errors / requests, 0)`,
          label: "Failed requests of the canary, in percent",
          returnData: true,
        },
      ],
      alarmActions: [publisher.aliasArn, args.topicArn],
    },
    { parent, dependsOn: [allowed] },
  );
}
