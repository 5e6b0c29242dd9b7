// The endpoints of a stack, one for each model of the setting `endpoints`. The model function calls them, and nobody else.

import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import { endpointName } from "../base/endpoint-name";
import type { Location, VpcConfig } from "../base/location";
import type { MonitoredEndpoint } from "../base/monitored";
import type { Models } from "../function/models";
import type { Settings } from "../settings/settings";
import { ModelEndpoint } from "./model-endpoint";

export interface EndpointsArgs {
  readonly location: Location;
  readonly settings: Settings;
  readonly models: Models;
  readonly codeStore: CodeStore;
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly network?: pulumi.Input<VpcConfig>;
  /** The network's path to S3; absent: none is needed. */
  readonly storage?: pulumi.Resource;
}

export class Endpoints extends pulumi.ComponentResource {
  readonly monitored: readonly MonitoredEndpoint[];

  constructor(name: string, args: EndpointsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Endpoints", name, {}, options);
    const { models, ...rest } = args;
    const { endpoints } = args.settings;
    for (const endpoint of endpoints) {
      // Models and configurations are named after it, with a random end: they take 63 characters, too.
      const logical = endpointName({ prefix: "endpoint" }, endpoint.model, 40);
      const engine = models.engines.get(endpoint.model)!;
      new ModelEndpoint(logical, { ...rest, endpoint, engine }, { parent: this });
    }
    this.monitored = endpoints.map(({ model }) => ({ model, endpointName: endpointName(args.location, model) }));
    this.registerOutputs({});
  }
}
