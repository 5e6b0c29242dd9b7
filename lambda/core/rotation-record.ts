// The rotation's log lines: one JSON object an event; the sweep's is also a CloudWatch metrics record, which alarms watch.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { rotationMetrics } from "../../contract";

export interface RotationRecord {
  readonly level: "info" | "error";
  /** `createSecret` … `finishSecret`, `adopt`, `sweep`, `create`, `update`, `delete`, or `unreadable`. */
  readonly event: string;
  /** Milliseconds that it took. */
  readonly ms: number;
  readonly requestId: string;
  /** Whose key it is about; absent: nobody's in particular. */
  readonly client?: string;
  /** Id of the secret's version, for a step. */
  readonly version?: string;
  /** Why it failed. */
  readonly cause?: string;
}

/** What the sweep found. */
export interface Measures {
  /** Keys of the rotation, replaced ones in their overlap among them. */
  readonly keys: number;
  /** Milliseconds since the current version was made. */
  readonly keyAge: number;
  /** Milliseconds since the pending version was made; 0 where none is pending. */
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
