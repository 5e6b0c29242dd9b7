// Alarms of the APIs and their functions, and one dashboard. Separate from these because it covers all of them.
// Guarantees: every alarm notifies the alarm topic.

import { Dashboard as AwsDashboard } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../base/location";
import { endpointLogs } from "../base/endpoint-name";
import {
  type ApiModule,
  type MonitoredApi,
  type MonitoredEndpoint,
  type MonitoredFunction,
  variantName,
} from "../base/monitored";
import type { Settings } from "../settings/settings";
import { ApiAlarms, apiMetrics, FunctionAlarms, rejectionNamespace, rejections } from "./alarms";

export interface OperationsArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** Topic that the alarms notify, if the setting `alarms` is on. */
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly apis: readonly ApiModule[];
  readonly endpoints: readonly MonitoredEndpoint[];
  /** The model function. */
  readonly function: { readonly monitored: MonitoredFunction };
}

export class Operations extends pulumi.ComponentResource {
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: OperationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Operations", name, {}, options);
    const { location, settings, endpoints } = args;
    const topicArn = settings.alarms ? args.alarmTopicArn : undefined;
    const apis = args.apis.map(({ monitored }) => monitored.api);
    const functions = [args.function.monitored, ...args.apis.flatMap(({ monitored }) => monitored.functions)];
    const child = { parent: this };
    new Dashboard(name, { location, apis, functions, endpoints, counted: topicArn !== undefined }, child);
    this.outputs = { dashboard: location.prefix };
    if (topicArn !== undefined) {
      const { latencyTarget, refusalsPerMinute } = settings;
      for (const api of apis)
        new ApiAlarms(`${name}-${api.name}`, { location, api, topicArn, latencyTarget, refusalsPerMinute }, child);
      for (const lambda of functions)
        new FunctionAlarms(`${name}-${lambda.name}`, { function: lambda, topicArn }, child);
    }
    this.registerOutputs({});
  }
}

interface DashboardArgs {
  readonly location: Location;
  readonly apis: readonly MonitoredApi[];
  readonly functions: readonly MonitoredFunction[];
  readonly endpoints: readonly MonitoredEndpoint[];
  /** Whether there are metrics of rejected requests; they are created with the alarms. */
  readonly counted: boolean;
}

/** An API with resolved dimensions. */
type Known = Omit<MonitoredApi, "dimensions" | "accessLog"> & { readonly dimensions: Readonly<Record<string, string>> };

class Dashboard extends pulumi.ComponentResource {
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
function dashboardBody(
  { location, functions, endpoints, counted }: Omit<DashboardArgs, "apis">,
  apis: readonly Known[],
): object {
  const charts = [
    ...apis.flatMap((api) => apiCharts(location, api, counted)),
    ...functions.flatMap(functionCharts),
    ...endpoints.flatMap(endpointCharts),
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
  const { serverErrors: errors, clientErrors: refused } = apiMetrics[api.kind];
  const counts = Object.keys(rejections).map((metric) => [rejectionNamespace(location, api), metric, { stat: "Sum" }]);
  return [
    {
      title: `${api.name}: calls`,
      metrics: [of("Count", "Sum"), of(errors, "Sum"), of(refused, "Sum"), ...(counted ? counts : [])],
    },
    { title: `${api.name}: milliseconds`, metrics: ["p50", "p99"].map((stat) => of("Latency", stat)) },
  ];
}

function functionCharts({ name, functionName }: MonitoredFunction): object[] {
  const of = (metric: string, stat: string) => ["AWS/Lambda", metric, "FunctionName", functionName, { stat }];
  return [
    {
      title: `${name}: executions`,
      metrics: [of("Errors", "Sum"), of("Throttles", "Sum"), of("ConcurrentExecutions", "Maximum")],
    },
    { title: `${name}: milliseconds`, metrics: ["p50", "p99"].map((stat) => of("Duration", stat)) },
  ];
}

/** Latencies are in microseconds: `OverheadLatency` is what SageMaker adds to the engine's own. */
function endpointCharts({ model, endpointName }: MonitoredEndpoint): object[] {
  const of = (namespace: string, metric: string, stat: string) => [
    namespace,
    metric,
    ...["EndpointName", endpointName, "VariantName", variantName],
    { stat },
  ];
  const calls = (metric: string, stat: string) => of("AWS/SageMaker", metric, stat);
  const counts = ["Invocations", "Invocation4XXErrors", "Invocation5XXErrors"].map((metric) => calls(metric, "Sum"));
  const used = ["CPUUtilization", "MemoryUtilization", "GPUUtilization", "DiskUtilization"];
  return [
    { title: `Endpoint of ${model}: calls`, metrics: counts },
    {
      title: `Endpoint of ${model}: microseconds`,
      metrics: ["ModelLatency", "OverheadLatency"].flatMap((metric) =>
        ["p50", "p99"].map((stat) => calls(metric, stat)),
      ),
    },
    {
      title: `Endpoint of ${model}: percent in use`,
      metrics: used.map((metric) => of(endpointLogs, metric, "Maximum")),
    },
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
