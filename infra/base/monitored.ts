// What the alarms, the dashboard and the firewall need to know of an API or a function: the names of its metrics and logs.

import type * as pulumi from "@pulumi/pulumi";

export interface MonitoredApi {
  /** Name of its component, for example `apiGateway`. */
  readonly name: string;
  /** REST and HTTP APIs have different names for the same metrics. */
  readonly kind: "REST" | "HTTP";
  /** Dimensions of its stage's metrics in `AWS/ApiGateway`. */
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** Name of the log group of its access log, whose lines are JSON with `status` as a string. */
  readonly accessLog: pulumi.Input<string>;
}

export interface MonitoredFunction {
  /** Name of its component. */
  readonly name: string;
  readonly functionName: string;
  /** Concurrent executions reserved for it; absent: it shares the account's. */
  readonly reserved?: number;
}

/** An endpoint has one variant: what it is called is in its metrics. */
export const variantName = "AllTraffic";

export interface MonitoredEndpoint {
  /** The model that it computes. */
  readonly model: string;
  readonly endpointName: string;
}

/** What the module of an API hands on. */
export interface ApiModule {
  /** What a client needs; never a key, a secret or a token. */
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly monitored: { readonly api: MonitoredApi; readonly functions: readonly MonitoredFunction[] };
  /** ARN of the stage, to which a web ACL can be attached; absent for HTTP APIs, which cannot have one. */
  readonly stageArn?: pulumi.Output<string>;
}
