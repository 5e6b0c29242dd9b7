// Metrics in a function's log lines, in CloudWatch's embedded metric format.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { recordOf } from "../base/record";

export interface Measure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** CloudWatch's unit, for example `Milliseconds`; `None` if the record states none. */
  readonly unit: string;
  /** One or more observations. */
  readonly values: readonly number[];
}

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/** The metrics in a line; none if it is not a well-formed EMF record, which CloudWatch skips too. */
export function measuresOf(line: string): Measure[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  const record = recordOf(parsed);
  return listOf(recordOf(record["_aws"])["CloudWatchMetrics"]).flatMap((directive) =>
    measures(recordOf(directive), record),
  );
}

function measures(directive: Directive, record: Record<string, unknown>): Measure[] {
  const { Namespace: namespace } = directive;
  if (typeof namespace !== "string") return [];
  return listOf(directive.Dimensions).flatMap((names) => {
    const dimensions: Record<string, string> = {};
    for (const name of listOf(names)) {
      const value = record[String(name)];
      if (typeof value !== "string") return [];
      dimensions[String(name)] = value;
    }
    return listOf(directive.Metrics).flatMap((metric) => {
      const { Name: name, Unit: unit = "None" } = recordOf(metric);
      const values = [record[String(name)]].flat().filter((value): value is number => typeof value === "number");
      return values.length > 0 ? [{ namespace, name: String(name), dimensions, unit: String(unit), values }] : [];
    });
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
