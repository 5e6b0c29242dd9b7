// The log line of a request: one JSON object, which is also a CloudWatch metrics record.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { canaryMetrics } from "../../contract";

export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  /** Method and template of the route, or the operation; never the path, which the client made up. */
  readonly route: string;
  /** A model of ours, or `unknown`: names that a client made up would make a metric each. */
  readonly model: string;
  readonly status: number;
  /** Milliseconds from the event's arrival to the answer. */
  readonly ms: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly principal: string;
  readonly client: string;
  /** Whether `client` is one that the API lists: only then are there metrics of it, or callers would make a metric each. */
  readonly listed: boolean;
  /** While a canary gets a share of the requests: which model answered this one. */
  readonly variant?: "canary" | "stable";
  /** Code of the failure, or `internal`; absent for a result. */
  readonly code?: string;
  /** What went wrong, for the operator. */
  readonly cause?: string;
}

const metrics = [
  { Name: "Requests", Unit: "Count" },
  { Name: "ClientErrors", Unit: "Count" },
  { Name: "ServerErrors", Unit: "Count" },
  { Name: "Latency", Unit: "Milliseconds" },
];

/** Of the canary alone: what the alarm watches that takes it back. */
const ofTheCanary = [
  { Name: canaryMetrics.requests, Unit: "Count" },
  { Name: canaryMetrics.errors, Unit: "Count" },
];

/** What a model is to blame for: a failure of ours, or inputs that fit its signature and yet it cannot run on. */
function isModelFault({ status, code }: Pick<LogEntry, "status" | "code">): boolean {
  return status >= 500 || code === "refused-by-model";
}

/** The line, without its end. `now` is in milliseconds since the epoch; without a namespace it carries no metrics. */
export function logLine({ listed, ...entry }: LogEntry, namespace: string, now: number): string {
  if (namespace === "") return JSON.stringify(entry);
  const canary = entry.variant === "canary";
  return JSON.stringify({
    ...entry,
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        { Namespace: namespace, Dimensions: [["Model"], ...(listed ? [["Client", "Model"]] : [])], Metrics: metrics },
        ...(canary ? [{ Namespace: namespace, Dimensions: [["Model"]], Metrics: ofTheCanary }] : []),
      ],
    },
    Model: entry.model,
    ...(listed ? { Client: entry.client } : {}),
    Requests: 1,
    ClientErrors: entry.status >= 400 && entry.status < 500 ? 1 : 0,
    ServerErrors: entry.status >= 500 ? 1 : 0,
    Latency: entry.ms,
    ...(canary ? { [canaryMetrics.requests]: 1, [canaryMetrics.errors]: isModelFault(entry) ? 1 : 0 } : {}),
  });
}
