// The Pulumi program, readable as an architecture diagram: settings → components, in dependency order → stack outputs.
// Each component is imported only when it is needed, so that a preview loads only the enabled modules. The program
// function can be called repeatedly in one process.

import * as pulumi from "@pulumi/pulumi";
import type { ApiGateway as ApiGatewayModule, KeyedApi } from "./infra/api/api-gateway";
import type { AlarmTopic } from "./infra/base/alarm-topic";
import { readSettings, type Settings } from "./infra/settings/settings";

async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
  const settings = readSettings();
  // Pulumi's engine refuses to delete or replace protected resources, but does not know which setting protects them;
  // and the program cannot see which resources exist. So every preview names the setting to change before a module is
  // switched off, the user pool goes with its protection, or a region changes.
  if (pulumi.runtime.hasEngine() && pulumi.runtime.isDryRun() && settings.protectData) {
    const first = "pulumi config set protectData false && pulumi up";
    await pulumi.log.info(
      `protectData is true, so what holds data is neither deleted nor replaced: to allow that, first ${first}`,
    );
  }
  const restApis = settings.apiGateway || settings.auth0Authorizer;
  // The model function and its dependencies are created only if an API invokes it.
  const serving = restApis || settings.httpApi;
  if (!serving && !settings.sagemaker) return settings.secrets ? secrets(settings) : {};

  const { connect } = await import("./infra/connection");
  const { location, provider, options } = await connect(settings.awsRegion, settings);

  const { Encryption } = await import("./infra/base/encryption");
  const { keyArn } = new Encryption("encryption", { location }, options);

  const { CodeStore } = await import("./infra/base/code-store");
  const codeStore = new CodeStore("code-store", { location, keyArn, protect: settings.protectData }, options);

  const { layer } = await import("./infra/function/layer");
  const { nativeLibrary: archive } = await import("./infra/function/native-library");
  const nativeLibrary = layer("native-library", archive(), codeStore, codeStore);

  let network;
  if (settings.network) {
    const { Network, subnetsOfAKind } = await import("./infra/network/network");
    const { zonesFor } = await import("./infra/network/zones");
    const zones = await zonesFor(settings.awsRegion, subnetsOfAKind, provider);
    network = new Network("network", { location, settings, keyArn, serving, zones }, options);
  }

  const outputs: Record<string, pulumi.Input<unknown>> = {};
  // One alarm topic for this region, created on first use.
  let topic: AlarmTopic | undefined;
  const alarmTopicArn = async (): Promise<pulumi.Output<string>> => {
    const { AlarmTopic } = await import("./infra/base/alarm-topic");
    topic ??= new AlarmTopic("alarms", { location, keyArn, email: settings.alarmEmail }, options);
    outputs.alarmTopicArn = topic.arn;
    return topic.arn;
  };

  let published;
  if (settings.sagemaker) {
    const { Sagemaker } = await import("./infra/training/sagemaker");
    const trainer = { location, settings, codeStore, nativeLibrary, keyArn, alarmTopicArn: await alarmTopicArn() };
    const training = new Sagemaker("sagemaker", { ...trainer, network: network?.jobs }, options);
    Object.assign(outputs, training.outputs);
    published = training.published;
    if (network) {
      const { StorageEndpoint } = await import("./infra/training/storage-endpoint");
      const modelsBucketArn = serving ? published.bucketArn : undefined;
      const { trainingBucketArn } = training;
      new StorageEndpoint("storage", { location, ...network.subnets, trainingBucketArn, modelsBucketArn }, options);
    }
  }
  if (!serving) return settings.secrets ? { ...outputs, ...(await secrets(settings)) } : outputs;

  const { ModelService } = await import("./infra/function/model-service");
  const model = new ModelService(
    "model",
    { location, settings, codeStore, nativeLibrary, published, keyArn, network: network?.isolated },
    options,
  );
  const front = { location, settings, function: model.function, defaultModel: model.defaultModel, keyArn };

  // The log role is a setting of the account in this region, so all REST APIs share one.
  let logRole: pulumi.Resource | undefined;
  if (restApis && settings.manageApiGatewayAccount) {
    const { LogRole } = await import("./infra/api/log-role");
    logRole = new LogRole("apiGateway-log-role", location, options).account;
  }

  const doors: (Pick<ApiGatewayModule, "outputs" | "watched"> & { readonly stageArn?: pulumi.Output<string> })[] = [];
  let keyed: KeyedApi | undefined;
  if (settings.apiGateway) {
    const { ApiGateway } = await import("./infra/api/api-gateway");
    const api = new ApiGateway("apiGateway", { ...front, codeStore, logRole, network: network?.throughNat }, options);
    keyed = api.keyed;
    doors.push(api);
  }
  if (settings.auth0Authorizer) {
    const { Auth0Authorizer } = await import("./infra/api/auth0-authorizer");
    doors.push(
      new Auth0Authorizer("auth0Authorizer", { ...front, codeStore, logRole, network: network?.throughNat }, options),
    );
  }
  if (settings.httpApi) {
    const { HttpApiModule } = await import("./infra/api/http-api-module");
    doors.push(new HttpApiModule("httpApi", { ...front, logsTo: codeStore.accessLogs }, options));
  }
  for (const door of doors) Object.assign(outputs, door.outputs);

  const stages = doors.flatMap(({ watched, stageArn }) => (stageArn ? [[watched.api.name, stageArn] as const] : []));
  if (settings.firewall && stages.length > 0) {
    const { Firewall } = await import("./infra/firewall/firewall");
    new Firewall("firewall", { location, settings, keyArn, stages: Object.fromEntries(stages) }, options);
  }

  const { Operations } = await import("./infra/monitoring/operations");
  const apis = doors.map(({ watched }) => watched.api);
  const functions = [model.function.watched, ...doors.flatMap(({ watched }) => watched.functions)];
  const told = settings.alarms ? await alarmTopicArn() : undefined;
  const operations = new Operations(
    "operations",
    { location, settings, alarmTopicArn: told, apis, functions },
    options,
  );
  Object.assign(outputs, operations.outputs);
  if (settings.secrets) Object.assign(outputs, await secrets(settings, keyed));
  return outputs;
}

/** The region of the secrets is a setting of its own, so this module has its own AWS provider. */
async function secrets(settings: Settings, api?: KeyedApi): Promise<Record<string, pulumi.Input<unknown>>> {
  const { connect } = await import("./infra/connection");
  const { location, options } = await connect(settings.secretsRegion, settings, "secrets-aws");
  const { Secrets } = await import("./infra/secrets/secrets");
  const apiLocation = { ...location, region: settings.awsRegion };
  return new Secrets("secrets", { location, settings, apiLocation, api }, options).outputs;
}

// Pulumi's runner calls a function that is the whole export of a CommonJS module. It would take a default export for
// stack outputs and deploy nothing.
export = program;
