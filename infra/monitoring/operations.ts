// Alarms of the APIs and their functions, and one dashboard. Separate from what it watches because it covers all of it.
// Guarantees: every alarm notifies the alarm topic.

import * as pulumi from "@pulumi/pulumi";
import { ApiAlarms } from "./api-alarms";
import { Dashboard } from "./dashboard";
import { FunctionAlarms } from "./function-alarms";
import type { Location } from "../base/location";
import type { WatchedApi, WatchedFunction } from "../base/watched";
import type { Settings } from "../settings/settings";

export interface OperationsArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** Topic that the alarms notify; absent: no alarms are created. */
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
