// Who is told when the APIs or their functions are in trouble, and one page that shows how they are. Separate from what it
// watches, since it watches all of it. Guarantees: every alarm has somewhere to go.

import * as pulumi from "@pulumi/pulumi";
import { ApiAlarms } from "./parts/api-alarms";
import { Dashboard } from "./parts/dashboard";
import { FunctionAlarms } from "./parts/function-alarms";
import type { Location } from "./parts/location";
import type { WatchedApi, WatchedFunction } from "./parts/watched";
import type { Settings } from "./settings";

export interface OperationsArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** Where alarms go; absent: there are none. */
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly apis: readonly WatchedApi[];
  readonly functions: readonly WatchedFunction[];
}

export class Operations extends pulumi.ComponentResource {
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: OperationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Operations", name, {}, options);
    const { location, settings, apis, functions, alarmTopicArn: topicArn } = args;
    const child = { parent: this };
    new Dashboard(name, { location, apis, functions, counted: topicArn !== undefined }, child);
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
