// The model function: the code, the models and the native library, each uploaded only when it changed. It exists when
// something invokes it. Guarantees: it reads no bucket, no secret and no table; its models are pinned by digest.

import { LayerVersion } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { environment, manifestFile } from "../contract";
import { requireModels } from "./parts/client-settings";
import type { CodeStore, StoredCode } from "./parts/code-store";
import { bundle } from "./parts/bundle";
import { ServerlessFunction } from "./parts/function";
import type { Location } from "./parts/location";
import { readModels } from "./parts/models";
import { architecture, nativeLibrary } from "./parts/native-library";
import type { Settings } from "./settings";

export interface ModelServiceArgs {
  readonly location: Location;
  readonly codeStore: CodeStore;
  /** KMS key of environment and logs. */
  readonly keyArn: pulumi.Input<string>;
  readonly settings: Settings;
}

export class ModelService extends pulumi.ComponentResource {
  readonly function: ServerlessFunction;

  constructor(name: string, args: ModelServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ModelService", name, {}, options);
    const { location, codeStore, settings } = args;
    const models = readModels(settings.modelsFolder);
    if (settings.apiGateway)
      requireModels(settings.clients, Object.keys(models.manifest.models), settings.modelsFolder);
    const code = bundle("model", { [manifestFile]: JSON.stringify(models.manifest) });
    this.function = new ServerlessFunction(
      name,
      {
        location,
        role: "model",
        handler: "model.handler",
        code: codeStore.upload(`${name}-code`, code, this),
        layers: [
          layer(`${name}-native-library`, codeStore.upload(`${name}-native-library`, nativeLibrary(), this), this),
          layer(`${name}-models`, codeStore.upload(`${name}-models`, models.layer, this), this),
        ],
        environment: {
          [environment.modelsDirectory]: "/opt/models",
          [environment.defaultModel]: settings.defaultModel,
          [environment.corsOrigin]: settings.corsOrigin,
          [environment.metricsNamespace]: location.prefix,
        },
        keyArn: args.keyArn,
        memory: settings.modelMemory,
        timeout: 28,
        ...(settings.modelConcurrency > 0 ? { concurrency: settings.modelConcurrency } : {}),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function layer(name: string, code: StoredCode, parent: pulumi.Resource): pulumi.Output<string> {
  const version = new LayerVersion(
    name,
    {
      ...code,
      layerName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
      compatibleArchitectures: [architecture.lambda],
    },
    { parent },
  );
  return version.arn;
}
