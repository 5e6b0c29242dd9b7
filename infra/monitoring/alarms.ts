// Alarms of one API and of one function, and the metrics of denied and throttled requests, which no AWS service publishes: metric filters
// count them in the access log, without further requests.

import { LogMetricFilter, MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../base/location";
import type { MonitoredApi, MonitoredFunction } from "../base/monitored";

export interface ApiAlarmsArgs {
  readonly location: Location;
  readonly api: MonitoredApi;
  readonly topicArn: pulumi.Input<string>;
  /** p99 latency, in milliseconds, at which an alarm fires. */
  readonly latencyTarget: number;
  /** Denied, or throttled, calls in one minute at which an alarm fires. */
  readonly refusalsPerMinute: number;
}

/** Metrics counted in the access log: name of the metric → the statuses that it counts. */
export const rejections = { Denials: ["401", "403"], Throttles: ["429"] } as const;

/** CloudWatch namespace of an API's metrics of rejected requests: `<prefix>/<name>`. */
export function rejectionNamespace({ prefix }: Location, { name }: Pick<MonitoredApi, "name">): string {
  return `${prefix}/${name}`;
}

/**
 * Metric names in `AWS/ApiGateway`, by kind of API.
 * Source: …/developerguide/http-api-metrics.html, api-gateway-metrics-and-dimensions.html
 */
export const apiMetrics = {
  REST: { serverErrors: "5XXError", clientErrors: "4XXError" },
  HTTP: { serverErrors: "5xx", clientErrors: "4xx" },
} as const;

export class ApiAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: ApiAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiAlarms", name, {}, options);
    const { api, latencyTarget, refusalsPerMinute } = args;
    const namespace = rejectionNamespace(args.location, api);
    const alarm = (role: string, what: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          evaluationPeriods: 1,
          // No data means no calls, which is no error.
          treatMissingData: "notBreaching",
          alarmActions: [args.topicArn],
          okActions: [args.topicArn],
          ...what,
        },
        { parent: this },
      );
    const ofStage = { namespace: "AWS/ApiGateway", dimensions: api.dimensions };
    alarm("errors", {
      alarmDescription: `${api.name} answered 5xx, a fault of the service and not of its callers: docs/runbook.md#errors`,
      ...ofStage,
      metricName: apiMetrics[api.kind].serverErrors,
      statistic: "Sum",
      period: 300,
      threshold: 1,
    });
    alarm("latency", {
      alarmDescription: `${api.name} has a p99 latency at or above its target for 15 minutes: docs/runbook.md#latency`,
      ...ofStage,
      metricName: "Latency",
      extendedStatistic: "p99",
      // The p99 of a handful of calls means nothing.
      evaluateLowSampleCountPercentiles: "ignore",
      period: 300,
      evaluationPeriods: 3,
      threshold: latencyTarget,
    });
    for (const [metricName, statuses] of Object.entries(rejections)) {
      const pattern = statuses.map((status) => `($.status = "${status}")`).join(" || ");
      new LogMetricFilter(
        `${name}-${metricName.toLowerCase()}-count`,
        {
          logGroupName: api.accessLog,
          pattern: `{ ${pattern} }`,
          metricTransformation: { name: metricName, namespace, value: "1", defaultValue: "0", unit: "Count" },
        },
        { parent: this },
      );
    }
    const perMinute = { namespace, statistic: "Sum", period: 60, threshold: refusalsPerMinute };
    alarm("denials", {
      alarmDescription: `Many calls of ${api.name} are denied: someone is probing, or a client's credential has expired: docs/runbook.md#denials`,
      ...perMinute,
      metricName: "Denials",
    });
    alarm("throttles", {
      alarmDescription: `Many calls of ${api.name} are throttled, for five minutes: docs/runbook.md#throttles`,
      ...perMinute,
      evaluationPeriods: 5,
      metricName: "Throttles",
    });
    this.registerOutputs({});
  }
}

interface FunctionAlarmsArgs {
  readonly function: MonitoredFunction;
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

/** A function fails, its invocations are throttled, or it comes near its limit of concurrent executions. */
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
