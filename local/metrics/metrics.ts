// Metrics derived from the log lines of a run, by the program's own definitions: those embedded by its functions, the
// counts of its metric filters on access logs, and the calls of each API.

import { type Graph, ofType } from "../../graph/resource";
import { Unenforceable } from "../base/unenforceable";
import type { ServedApi } from "../server/http-message";
import { type Measure, measuresOf } from "./embedded-metrics";
import { Exposition, type Series } from "./exposition";
import type { LogRecord } from "../base/log-record";
import { compilePattern, type LineMatch } from "./filter-pattern";

interface Filter {
  readonly matches: LineMatch;
  readonly namespace: string;
  readonly name: string;
}

/** What the access log of an API counts. */
interface ApiCounts {
  readonly requests: Map<string, Series>;
  latency?: Series | undefined;
  readonly filters: readonly { readonly matches: LineMatch; readonly count: Series | undefined }[];
}

/** Characters of lines that wait at most: a load test must not fill the memory. */
const mostWaiting = 16 * 1024 * 1024;

export class Metrics {
  private readonly exposition = new Exposition();
  /** By the name of the API to whose access log they apply. */
  private readonly filters: ReadonlyMap<string, readonly Filter[]>;
  /** By the name of the API, once it has been called. */
  private readonly apis = new Map<string, ApiCounts>();
  /** By function, metric and dimensions. */
  private readonly measured = new Map<string, Series>();
  /** Lines that functions logged, and that nobody has asked about yet. */
  private waiting: (readonly [functionName: string, line: string])[] = [];
  /** In characters. */
  private waitingSize = 0;

  /** @throws Unenforceable for a metric filter whose pattern is not supported */
  constructor(graph: Graph, apis: readonly Pick<ServedApi, "id" | "name">[]) {
    this.filters = new Map(apis.map(({ id, name }) => [name, filtersOf(graph, id)]));
  }

  /** Takes a line that a function logged. It is read when somebody asks: reading each as it comes takes a twentieth of a call's time. */
  function(functionName: string, line: string): void {
    if (!line.includes('"_aws"')) return;
    this.waiting.push([functionName, line]);
    this.waitingSize += line.length;
    if (this.waitingSize > mostWaiting) this.read();
  }

  /** Processes a line of an API's access log. */
  access(api: string, line: LogRecord): void {
    const counts = this.apis.get(api) ?? this.countsOf(api);
    const status = line === undefined ? "unknown" : String(line["status"]);
    (counts.requests.get(status) ?? this.requests(api, status, counts))?.add(1);
    const seconds = Number(line?.["latencyMs"]) / 1000;
    if (Number.isFinite(seconds)) {
      counts.latency ??= this.exposition.histogram("api_latency_seconds", "Time until an API answered.", { api });
      counts.latency?.add(seconds);
    }
    for (const { matches, count } of counts.filters) if (matches(line)) count?.add(1);
  }

  text(): string {
    this.read();
    return this.exposition.text();
  }

  /** Reads the lines that wait. */
  private read(): void {
    for (const [functionName, line] of this.waiting)
      for (const measure of measuresOf(line)) this.embedded(functionName, measure);
    this.waiting = [];
    this.waitingSize = 0;
  }

  private countsOf(api: string): ApiCounts {
    const filters = (this.filters.get(api) ?? []).map(({ matches, namespace, name }) => {
      const help = `${name}, counted from access logs.`;
      return { matches, count: this.exposition.counter(`${snake(name)}_total`, help, { namespace }) };
    });
    const counts: ApiCounts = { requests: new Map<string, Series>(), filters };
    this.apis.set(api, counts);
    return counts;
  }

  private requests(api: string, status: string, { requests }: ApiCounts): Series | undefined {
    const count = this.exposition.counter("api_requests_total", "Calls of an API by status.", { api, status });
    if (count !== undefined) requests.set(status, count);
    return count;
  }

  private embedded(functionName: string, measure: Measure): void {
    const key = [functionName, measure.namespace, measure.name, measure.unit];
    for (const name in measure.dimensions) key.push(name, measure.dimensions[name]!);
    const series = this.measured.get(key.join("\0")) ?? this.seriesOf(functionName, measure, key.join("\0"));
    for (const value of measure.values) series?.add(measure.unit === milliseconds ? value / 1000 : value);
  }

  private seriesOf(functionName: string, measure: Measure, key: string): Series | undefined {
    const { namespace, name, dimensions, unit } = measure;
    const labels = { function: functionName, namespace, ...lowerCase(dimensions) };
    // Each set of dimensions is a separate metric in CloudWatch, and a family here: in one, calls would count twice.
    const by = Object.keys(dimensions).map(snake);
    const family = by.length === 0 ? snake(name) : `${snake(name)}_by_${by.join("_")}`;
    const help = `${name}, embedded in log lines.`;
    const series =
      unit === milliseconds
        ? this.exposition.histogram(`${family}_seconds`, help, labels)
        : this.exposition.counter(`${family}_total`, help, labels);
    if (series !== undefined) this.measured.set(key, series);
    return series;
  }
}

const milliseconds = "Milliseconds";

function filtersOf(graph: Graph, apiId: string): Filter[] {
  const stages = [...ofType(graph, "aws:apigateway/stage:Stage"), ...ofType(graph, "aws:apigatewayv2/stage:Stage")];
  const stage = stages.find(({ inputs }) => inputs.restApi === apiId || inputs.apiId === apiId);
  const { destinationArn } = (stage?.inputs.accessLogSettings ?? {}) as { destinationArn?: unknown };
  const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(({ outputs }) => outputs.arn === destinationArn);
  return ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter")
    .filter(({ inputs }) => group !== undefined && inputs.logGroupName === group.outputs.name)
    .map(({ inputs, urn }) => {
      const { namespace, name } = inputs.metricTransformation as { namespace: string; name: string };
      try {
        return { matches: compilePattern(String(inputs.pattern)), namespace, name };
      } catch (error) {
        throw new Unenforceable(urn, (error as Error).message);
      }
    });
}

/** `ClientErrors` → `client_errors`. */
function snake(name: string): string {
  return name
    .replace(/([a-z0-9])(?=[A-Z])/g, "$1_")
    .replace(/[^A-Za-z0-9_]/g, "_")
    .toLowerCase();
}

function lowerCase(dimensions: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [snake(name), value]));
}
