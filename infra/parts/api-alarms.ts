// What an operator of an API is woken for, and the counts of refused calls that no service of AWS makes: those come from the
// access log's lines, without a call more.

import { LogMetricFilter, MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import type { WatchedApi } from "./watched";

export interface ApiAlarmsArgs {
  readonly location: Location;
  readonly api: WatchedApi;
  readonly topicArn: pulumi.Input<string>;
  /** Milliseconds that 99 of 100 calls may take. */
  readonly latencyTarget: number;
  /** Calls that are denied in a minute, or throttled, before someone has to look. */
  readonly refusalsPerMinute: number;
}

/** Counts made of the access log: name of the metric → the statuses that it counts. */
export const refusals = { Denials: ["401", "403"], Throttles: ["429"] } as const;

/** Namespace of an API's counts. */
export function refusalNamespace({ prefix }: Location, { name }: Pick<WatchedApi, "name">): string {
  return `${prefix}/${name}`;
}

/** Metrics of `AWS/ApiGateway`, by kind of API. Source: …/developerguide/http-api-metrics.html, api-gateway-metrics-and-dimensions.html */
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
          // No calls, no trouble.
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
      // A handful of calls has no p99.
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
