// Alarms of one API, and the metrics of denied and throttled calls, which no AWS service publishes: metric filters
// count them in the access log, without further requests.

import { LogMetricFilter, MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../base/location";
import type { WatchedApi } from "../base/watched";

export interface ApiAlarmsArgs {
  readonly location: Location;
  readonly api: WatchedApi;
  readonly topicArn: pulumi.Input<string>;
  /** p99 latency, in milliseconds, at which an alarm fires. */
  readonly latencyTarget: number;
  /** Denied, or throttled, calls in one minute at which an alarm fires. */
  readonly refusalsPerMinute: number;
}

/** Metrics counted in the access log: name of the metric → the statuses that it counts. */
export const refusals = { Denials: ["401", "403"], Throttles: ["429"] } as const;

/** CloudWatch namespace of an API's metrics of refused calls: `<prefix>/<name>`. */
export function refusalNamespace({ prefix }: Location, { name }: Pick<WatchedApi, "name">): string {
  return `${prefix}/${name}`;
}

/**
 * Metric names in `AWS/ApiGateway`, by kind of API.
 * Source: …/developerguide/http-api-metrics.html, api-gateway-metrics-and-dimensions.html
 */
export const apiMetrics = {
  REST: { errors: "5XXError", refused: "4XXError" },
  HTTP: { errors: "5xx", refused: "4xx" },
} as const;

export class ApiAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: ApiAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiAlarms", name, {}, options);
    const { api, latencyTarget, refusalsPerMinute } = args;
    const namespace = refusalNamespace(args.location, api);
    const alarm = (role: string, what: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          evaluationPeriods: 1,
          // No data means no calls, which is not a fault.
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
      metricName: apiMetrics[api.kind].errors,
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
    for (const [metricName, statuses] of Object.entries(refusals)) {
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
