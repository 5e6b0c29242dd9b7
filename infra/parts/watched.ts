// What an API and a function tell of themselves, so that they can be watched: the names that their metrics and logs go by.

import type * as pulumi from "@pulumi/pulumi";

export interface WatchedApi {
  /** Name of its component, for example `apiGateway`. */
  readonly name: string;
  /** REST and HTTP APIs call the same metrics differently. */
  readonly kind: "REST" | "HTTP";
  /** Dimensions of its stage's metrics in `AWS/ApiGateway`. */
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** Name of the log group of its access log, whose lines are JSON with the text `status`. */
  readonly accessLog: pulumi.Input<string>;
}

export interface WatchedFunction {
  /** Name of its component. */
  readonly name: string;
  readonly functionName: string;
  /** Executions reserved for it; absent: it shares the account's. */
  readonly reserved?: number;
}
