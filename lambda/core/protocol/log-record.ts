// The log line of a request: one JSON object, which is also a CloudWatch metrics record.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { canaryMetrics } from "../../../contract";

export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  /** Method and template of the route, or the operation; never the path, which the client controls. */
  readonly route: string;
  /** A model that is served, or `unknown`: each name that a client made up would create another metric. */
  readonly model: string;
  readonly status: number;
  /** Milliseconds from the event's arrival to the answer. */
  readonly ms: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly principal: string;
  readonly client: string;
  /** Whether the API has a list of clients. Only then do metrics have the dimension Client: its values are bounded. */
  readonly listed: boolean;
  /** Which model was chosen, while the requests are split between a canary and another model. */
  readonly variant?: "canary" | "stable";
  /** Code of the failure, or `internal`; absent on success. */
  readonly code?: string;
  /** The underlying error, for the operator. */
  readonly cause?: string;
}

const metrics = [
  { Name: "Requests", Unit: "Count" },
  { Name: "ClientErrors", Unit: "Count" },
  { Name: "ServerErrors", Unit: "Count" },
  { Name: "Latency", Unit: "Milliseconds" },
];

/** Emitted for the canary's requests only; the alarm that rolls the canary back watches them. */
const ofTheCanary = [
  { Name: canaryMetrics.requests, Unit: "Count" },
  { Name: canaryMetrics.errors, Unit: "Count" },
];

/** Whether the request counts against the model: a 5xx, or inputs that match its signature but on which it fails. */
function isModelFault({ status, code }: Pick<LogEntry, "status" | "code">): boolean {
  return status >= 500 || code === "refused-by-model";
}

/**
 * The log line, without a line break.
 * @param namespace CloudWatch namespace of the metrics; empty: the line carries none
 * @param now milliseconds since the epoch
 */
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
