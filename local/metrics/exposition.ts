// Sums measurements and renders them in Prometheus' text exposition format.
// https://prometheus.io/docs/instrumenting/exposition_formats/

export type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  sum: number;
  /** Histograms only: the number of observations, and of those at or below each bound. */
  readonly buckets?: { count: number; readonly below: number[] };
}

interface Family {
  readonly help: string;
  readonly series: Map<string, Series>;
}

/** Upper bounds of the histogram buckets, in seconds. */
const bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Most series of one family. Series beyond are not counted: a caller who can choose labels must not exhaust the memory.
 */
const mostSeries = 1_000;

export const contentType = "text/plain; version=0.0.4; charset=utf-8";

export class Exposition {
  private readonly families = new Map<string, Family>();

  /** Increments a counter. @param name Prometheus metric name ending in `_total` */
  count(name: string, help: string, labels: Labels, by = 1): void {
    const series = this.seriesOf(name, help, labels, false);
    if (series) series.sum += by;
  }

  /** Adds an observation to a histogram. @param name Prometheus metric name ending in `_seconds` */
  observe(name: string, help: string, labels: Labels, seconds: number): void {
    const series = this.seriesOf(name, help, labels, true);
    if (!series) return;
    series.sum += seconds;
    series.buckets!.count += 1;
    bounds.forEach((bound, index) => {
      if (seconds <= bound) series.buckets!.below[index]! += 1;
    });
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { help, series }] of [...this.families].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const all = [...series.values()];
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${all[0]?.buckets ? "histogram" : "counter"}`);
      for (const one of all)
        lines.push(...(one.buckets ? histogram(name, one) : [`${name}${shown(one.labels)} ${one.sum}`]));
    }
    return `${lines.join("\n")}\n`;
  }

  private seriesOf(name: string, help: string, labels: Labels, timed: boolean): Series | undefined {
    const family = this.families.get(name) ?? { help, series: new Map<string, Series>() };
    this.families.set(name, family);
    const key = JSON.stringify(labels);
    const known = family.series.get(key);
    if (known || family.series.size >= mostSeries) return known;
    const made: Series = timed
      ? { labels, sum: 0, buckets: { count: 0, below: bounds.map(() => 0) } }
      : { labels, sum: 0 };
    family.series.set(key, made);
    return made;
  }
}

function histogram(name: string, { labels, sum, buckets }: Series): string[] {
  const { count, below } = buckets!;
  return [
    ...bounds.map((bound, index) => `${name}_bucket${shown({ ...labels, le: String(bound) })} ${below[index]!}`),
    `${name}_bucket${shown({ ...labels, le: "+Inf" })} ${count}`,
    `${name}_sum${shown(labels)} ${sum}`,
    `${name}_count${shown(labels)} ${count}`,
  ];
}

function shown(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
