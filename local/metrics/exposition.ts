// Sums measurements and renders them in Prometheus' text exposition format.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

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

// `GET /_local/metrics`: the run's metrics for Prometheus, on its own port so that the path hides none of an API.

interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Default port of OpenTelemetry's Prometheus exporters. */
const usualPort = 9464;
const path = "/_local/metrics";

/** @param requestedPort 0: any free port; undefined: the usual port, or any free one if it is in use */
export async function serveMetrics(text: () => string, requestedPort: number | undefined): Promise<MetricsServer> {
  const server = createServer((request, response) => respond(request, response, text));
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  if (requestedPort === 0) await listen(0);
  else await listen(usualPort).catch(() => listen(0));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(request: IncomingMessage, response: ServerResponse, text: () => string): void {
  request.resume();
  // DNS rebinding: a web page whose host name resolves to this machine sends its own name in Host.
  const isLocal = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? "");
  const [status, body] = !isLocal
    ? [421, "Misdirected Request\n"]
    : request.url !== path
      ? [404, `Not Found: ${path}\n`]
      : request.method !== "GET"
        ? [405, "Method Not Allowed\n"]
        : [200, text()];
  const headers = { "Content-Type": status === 200 ? contentType : "text/plain", "X-Content-Type-Options": "nosniff" };
  response.writeHead(status as number, headers).end(body);
}
