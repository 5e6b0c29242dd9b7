// Alarms of one endpoint. Guarantees: an update of the endpoint rolls back by those that tell a bad model from a good one.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (endpoint invocation and instance metrics)

import { MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { endpointLogs } from "../base/endpoint-name";
import { variantName } from "../base/monitored";

export interface EndpointAlarmsArgs {
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly topicArn: pulumi.Input<string>;
  /** p99 latency, in milliseconds, at which an alarm fires. */
  readonly latencyTarget: number;
}

export class EndpointAlarms extends pulumi.ComponentResource {
  /** Names of the alarms on which an update rolls back. */
  readonly rollback: readonly pulumi.Output<string>[];

  constructor(name: string, args: EndpointAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:EndpointAlarms", name, {}, options);
    const { endpoint } = args;
    const alarm = (role: string, what: string, { ...metric }: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          alarmDescription: `Endpoint ${endpoint} ${what}: docs/runbook.md#${role}`,
          namespace: "AWS/SageMaker",
          dimensions: { EndpointName: endpoint, VariantName: variantName },
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          period: 60,
          evaluationPeriods: 3,
          // No data means no calls, which is no error.
          treatMissingData: "notBreaching",
          alarmActions: [args.topicArn],
          okActions: [args.topicArn],
          ...metric,
        },
        { parent: this },
      ).name;
    this.rollback = [
      alarm("endpoint-errors", "answered 5xx, a fault of the engine and not of its callers", {
        metricName: "Invocation5XXErrors",
        statistic: "Sum",
        threshold: 1,
        evaluationPeriods: 1,
      }),
      // The function has checked every request, and Triton answers 400 to whatever fails within a model: a few are callers'
      // mistakes that only the model can see, many are the model's.
      alarm("endpoint-refusals", "refuses at least half of the requests that the function found right", {
        metricName: "Invocation4XXErrors",
        statistic: "Average",
        threshold: 0.5,
      }),
      alarm("endpoint-latency", "has a p99 latency at or above the target", {
        metricName: "ModelLatency",
        extendedStatistic: "p99",
        evaluateLowSampleCountPercentiles: "ignore",
        // In microseconds.
        threshold: args.latencyTarget * 1000,
      }),
    ];
    const ofInstances = { namespace: endpointLogs, statistic: "Maximum", period: 300 };
    alarm("endpoint-disk", "has an instance whose disk is nearly full", {
      ...ofInstances,
      metricName: "DiskUtilization",
      threshold: 80,
    });
    alarm("endpoint-health", "has an instance that is out of memory, or none that reports", {
      ...ofInstances,
      metricName: "MemoryUtilization",
      threshold: 95,
      treatMissingData: "breaching",
    });
    this.registerOutputs({});
  }
}
