// The model function: its code, the models and the native library, each uploaded only when it changed. Guarantees: it
// reads no secret, no table and no bucket except that of the published models; every model is pinned by digest.

import { RolePolicy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { environment, manifestFile, modelTimeout } from "../../contract";
import { bundle } from "../base/bundle";
import type { CodeStore } from "../base/code-store";
import { invokeStatements, readerStatements } from "../base/policy-statements";
import type { Location } from "../base/location";
import { requireModels } from "../settings/client-checks";
import type { Settings } from "../settings/settings";
import { warmthOf } from "../settings/warm-settings";
import { ServerlessFunction } from "./function";
import type { FunctionNetwork } from "./function-network";
import { layer } from "./layer";
import { defaultModel, type Models } from "./models";

export interface ModelServiceArgs {
  readonly location: Location;
  readonly codeStore: CodeStore;
  /** KMS key of environment and logs. */
  readonly keyArn: pulumi.Input<string>;
  /** Layer with the inference library. */
  readonly nativeLibrary: pulumi.Input<string>;
  /** Bucket of the published models; absent: only the models deployed with the code are served. */
  readonly published: PublishedBucket | undefined;
  readonly settings: Settings;
  readonly models: Models;
  /** The endpoints that it calls, and the way to them. */
  readonly called: readonly pulumi.Resource[];
  /** VPC placement; absent: outside any VPC, in Lambda's own network. */
  readonly network?: FunctionNetwork;
}

export interface PublishedBucket {
  readonly bucket: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
}

/** Minimum seconds between two reads of the live pointer. */
const refresh = 60;

export class ModelService extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;
  /** The model that the plain routes serve. */
  readonly defaultModel: string;

  constructor(name: string, args: ModelServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ModelService", name, {}, options);
    const { location, codeStore, settings, models, published } = args;
    this.defaultModel = defaultModel(models, settings.defaultModel, settings.modelsFolder, published !== undefined);
    if (settings.apiGateway)
      requireModels(settings.clients, Object.keys(models.manifest.models), settings.modelsFolder);
    const endpoints = Object.values(models.manifest.models).flatMap(({ endpoint }) => endpoint?.name ?? []);
    // Lambda refuses an empty layer.
    const inFunction = Object.keys(models.manifest.models).length > endpoints.length;
    const code = bundle("model", { [manifestFile]: JSON.stringify(models.manifest), ...models.transforms });
    this.function = new ServerlessFunction(
      name,
      {
        location,
        role: "model",
        handler: "model.handler",
        code: codeStore.upload(`${name}-code`, code, this),
        layers: [args.nativeLibrary, ...(inFunction ? [layer(`${name}-models`, models.layer, codeStore, this)] : [])],
        environment: {
          [environment.modelsDirectory]: "/opt/models",
          [environment.defaultModel]: this.defaultModel,
          [environment.corsOrigin]: settings.corsOrigin,
          [environment.metricsNamespace]: location.prefix,
          ...(published === undefined
            ? {}
            : { [environment.modelsBucket]: published.bucket, [environment.modelsRefresh]: String(refresh) }),
        },
        keyArn: args.keyArn,
        memory: settings.modelMemory,
        timeout: modelTimeout,
        joinsNetworks: true,
        network: args.network,
        after: args.called,
        concurrency: settings.modelConcurrency,
      },
      { parent: this },
    );
    const warmth = warmthOf(settings);
    if (warmth !== undefined) this.function.keepWarm(`${name}-warm`, warmth, this);
    if (endpoints.length > 0)
      new RolePolicy(
        `${name}-endpoints`,
        {
          role: this.function.role.name,
          policy: JSON.stringify({ Version: "2012-10-17", Statement: invokeStatements(location, endpoints) }),
        },
        { parent: this },
      );
    if (published !== undefined) {
      new RolePolicy(
        `${name}-published`,
        {
          role: this.function.role.name,
          policy: pulumi
            .output(published.bucketArn)
            .apply((bucketArn) => JSON.stringify({ Version: "2012-10-17", Statement: readerStatements(bucketArn) })),
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
