// The rotation's log lines: a JSON object per event, and for a sweep another one with metrics for the alarms.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { rotationMetrics } from "../../../contract";

export interface RotationRecord {
  readonly level: "info" | "error";
  /** `createSecret` … `finishSecret`, `adopt`, `sweep`, `create`, `update`, `delete`, or `unreadable`. */
  readonly event: string;
  /** Duration in milliseconds. */
  readonly ms: number;
  readonly requestId: string;
  /** The client whose key the event concerns; absent for the shared key. */
  readonly client?: string;
  /** Id of the secret's version; only for rotation steps. */
  readonly version?: string;
  /** Error message; only on failure. */
  readonly cause?: string;
}

/** What a sweep measured for one secret. */
export interface Measures {
  /** Number of API keys found, including those that are past their overlap and were deleted just now. */
  readonly keys: number;
  /** Milliseconds since the current version was created; 0 if there is none. */
  readonly keyAge: number;
  /** Milliseconds since the pending version was created; 0 if there is none. */
  readonly pendingAge: number;
}

export function recordLine(record: RotationRecord): string {
  return JSON.stringify(record);
}

/** @param now milliseconds since the epoch; ages are reported in seconds */
export function measuresLine({ keys, keyAge, pendingAge }: Measures, namespace: string, now: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [[]],
          Metrics: [
            { Name: rotationMetrics.keys, Unit: "Count" },
            { Name: rotationMetrics.keyAge, Unit: "Seconds" },
            { Name: rotationMetrics.pendingAge, Unit: "Seconds" },
          ],
        },
      ],
    },
    [rotationMetrics.keys]: keys,
    [rotationMetrics.keyAge]: Math.round(keyAge / 1000),
    [rotationMetrics.pendingAge]: Math.round(pendingAge / 1000),
  });
}
