// Sums measurements and renders them in Prometheus' text exposition format.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Labels = Readonly<Record<string, string>>;

/** The measurements of one family with the same labels. */
export class Series {
  private sum = 0;
  private count = 0;
  /** Histograms only: the number of observations up to each bound and above the one before it, in the bounds' order. */
  private readonly within: number[] | undefined;

  constructor(
    private readonly name: string,
    private readonly labels: Labels,
    readonly timed: boolean,
  ) {
    this.within = timed ? bounds.map(() => 0) : undefined;
  }

  /** Increments a counter, or adds an observation, in seconds, to a histogram. */
  add(value: number): void {
    this.sum += value;
    if (this.within === undefined) return;
    this.count += 1;
    const first = bounds.findIndex((bound) => value <= bound);
    if (first !== -1) this.within[first]! += 1;
  }

  lines(): string[] {
    const { name, labels, sum, count, within } = this;
    if (within === undefined) return [`${name}${shown(labels)} ${sum}`];
    let below = 0;
    return [
      ...bounds.map(
        (bound, index) => `${name}_bucket${shown({ ...labels, le: String(bound) })} ${(below += within[index]!)}`,
      ),
      `${name}_bucket${shown({ ...labels, le: "+Inf" })} ${count}`,
      `${name}_sum${shown(labels)} ${sum}`,
      `${name}_count${shown(labels)} ${count}`,
    ];
  }
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

  /**
   * The counter with these labels; undefined if the family is full.
   * @param name Prometheus metric name ending in `_total`
   */
  counter(name: string, help: string, labels: Labels): Series | undefined {
    return this.seriesOf(name, help, labels, false);
  }

  /**
   * The histogram with these labels; undefined if the family is full.
   * @param name Prometheus metric name ending in `_seconds`
   */
  histogram(name: string, help: string, labels: Labels): Series | undefined {
    return this.seriesOf(name, help, labels, true);
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { help, series }] of [...this.families].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const all = [...series.values()];
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${all[0]?.timed ? "histogram" : "counter"}`);
      for (const one of all) lines.push(...one.lines());
    }
    return `${lines.join("\n")}\n`;
  }

  private seriesOf(name: string, help: string, labels: Labels, timed: boolean): Series | undefined {
    const family = this.families.get(name) ?? { help, series: new Map<string, Series>() };
    this.families.set(name, family);
    const key = JSON.stringify(labels);
    const known = family.series.get(key);
    if (known || family.series.size >= mostSeries) return known;
    const made = new Series(name, labels, timed);
    family.series.set(key, made);
    return made;
  }
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
