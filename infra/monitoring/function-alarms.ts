// Alarms of one function: it fails, its invocations are throttled, or it comes near its limit of concurrent executions.

import { MetricAlarm } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { WatchedFunction } from "../base/watched";

export interface FunctionAlarmsArgs {
  readonly function: WatchedFunction;
  readonly topicArn: pulumi.Input<string>;
}

/**
 * Default quota of concurrent executions of an account in a region. A new account has fewer; there the alarm on
 * throttled invocations fires first.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const accountExecutions = 1_000;
/** Share of the limit at which there is still time to act. */
const near = 0.8;

export class FunctionAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: FunctionAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:FunctionAlarms", name, {}, options);
    const { functionName, reserved } = args.function;
    const alarm = (role: string, alarmDescription: string, metricName: string, threshold: number, statistic: string) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          alarmDescription: `${functionName} ${alarmDescription}: docs/runbook.md#${role}`,
          namespace: "AWS/Lambda",
          metricName,
          dimensions: { FunctionName: functionName },
          statistic,
          period: 300,
          evaluationPeriods: 1,
          threshold,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          treatMissingData: "notBreaching",
          alarmActions: [args.topicArn],
          okActions: [args.topicArn],
        },
        { parent: this },
      );
    alarm("function-errors", "failed, timed out or ran out of memory", "Errors", 1, "Sum");
    alarm("function-throttles", "was throttled by Lambda", "Throttles", 1, "Sum");
    const bound = Math.max(1, Math.floor((reserved ?? accountExecutions) * near));
    alarm(
      "function-concurrency",
      "is near its limit of concurrent executions",
      "ConcurrentExecutions",
      bound,
      "Maximum",
    );
    this.registerOutputs({});
  }
}
