// One page of a stack's health: calls, errors, latency and refusals of each API; time, errors and executions of each
// function; and, by model and client, what the model function's log lines measure.

import { Dashboard as AwsDashboard } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { apiMetrics, refusalNamespace, refusals } from "./api-alarms";
import type { Location } from "../base/location";
import type { WatchedApi, WatchedFunction } from "../base/watched";

export interface DashboardArgs {
  readonly location: Location;
  readonly apis: readonly WatchedApi[];
  readonly functions: readonly WatchedFunction[];
  /** Whether there are metrics of refused calls; they are created with the alarms. */
  readonly counted: boolean;
}

/** An API with resolved dimensions. */
type Known = Omit<WatchedApi, "dimensions" | "accessLog"> & { readonly dimensions: Readonly<Record<string, string>> };

export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Dashboard", name, {}, options);
    const apis = pulumi.all(
      args.apis.map(({ name: api, kind, dimensions }) =>
        pulumi.all(dimensions).apply((known) => ({ name: api, kind, dimensions: known })),
      ),
    );
    new AwsDashboard(
      `${name}-dashboard`,
      {
        dashboardName: args.location.prefix,
        dashboardBody: apis.apply((known) => JSON.stringify(dashboardBody(args, known))),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/**
 * The dashboard's body, with two charts in a row.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(
  { location, functions, counted }: Pick<DashboardArgs, "location" | "functions" | "counted">,
  apis: readonly Known[],
): object {
  const charts = [
    ...apis.flatMap((api) => apiCharts(location, api, counted)),
    ...functions.flatMap(functionCharts),
    ...["Requests", "Latency"].map((metric) => modelChart(location, metric)),
  ];
  const widgets = charts.map((chart, index) => ({
    type: "metric",
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    properties: { region: location.region, view: "timeSeries", period: 300, ...chart },
  }));
  return { widgets };
}

function apiCharts(location: Location, api: Known, counted: boolean): object[] {
  const pairs = Object.entries(api.dimensions).flat();
  const of = (metric: string, stat: string) => ["AWS/ApiGateway", metric, ...pairs, { stat }];
  const { errors, refused } = apiMetrics[api.kind];
  const counts = Object.keys(refusals).map((metric) => [refusalNamespace(location, api), metric, { stat: "Sum" }]);
  return [
    {
      title: `${api.name}: calls`,
      metrics: [of("Count", "Sum"), of(errors, "Sum"), of(refused, "Sum"), ...(counted ? counts : [])],
    },
    { title: `${api.name}: milliseconds`, metrics: ["p50", "p99"].map((stat) => of("Latency", stat)) },
  ];
}

function functionCharts({ name, functionName }: WatchedFunction): object[] {
  const of = (metric: string, stat: string) => ["AWS/Lambda", metric, "FunctionName", functionName, { stat }];
  return [
    {
      title: `${name}: executions`,
      metrics: [of("Errors", "Sum"), of("Throttles", "Sum"), of("ConcurrentExecutions", "Maximum")],
    },
    { title: `${name}: milliseconds`, metrics: ["p50", "p99"].map((stat) => of("Duration", stat)) },
  ];
}

/** A search expression also finds models and clients that are added later. */
function modelChart(location: Location, metric: string): object {
  const stat = metric === "Latency" ? "p99" : "Sum";
  const search = (dimensions: string) =>
    `SEARCH('{"${location.prefix}",${dimensions}} MetricName="${metric}"', '${stat}', 300)`;
  return {
    title: `Models and clients: ${metric.toLowerCase()}`,
    metrics: [[{ expression: search("Model") }], [{ expression: search("Client,Model") }]],
  };
}
