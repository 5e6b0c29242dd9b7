// Metrics in a function's log lines, as CloudWatch takes them out.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export interface Measure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly values: readonly number[];
}

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/** What a line measures; nothing where it is no record of metrics, or is malformed: CloudWatch passes those over too. */
export function measuresOf(line: string): Measure[] {
  if (!line.includes('"_aws"')) return [];
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return [];
  }
  const { CloudWatchMetrics: directives } = (record["_aws"] ?? {}) as { CloudWatchMetrics?: unknown };
  return listOf(directives).flatMap((directive) => measures(directive as Directive, record));
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
      const { Name: name, Unit: unit = "None" } = metric as { Name?: unknown; Unit?: unknown };
      const values = [record[String(name)]].flat().filter((value): value is number => typeof value === "number");
      return values.length > 0 ? [{ namespace, name: String(name), dimensions, unit: String(unit), values }] : [];
    });
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
