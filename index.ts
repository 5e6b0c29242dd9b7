// The Pulumi program, readable as an architecture diagram: settings → components, in dependency order → stack outputs.
// Each component is imported only when it is needed, so that a preview loads only the enabled modules.

import type * as pulumi from "@pulumi/pulumi";
import type { KeyedApi } from "./infra/api/api-gateway";
import type { ApiModule } from "./infra/base/monitored";
import { logProtection, readSettings, type Settings } from "./infra/settings/settings";

type Outputs = Record<string, pulumi.Input<unknown>>;

async function program(): Promise<Outputs> {
  const settings = readSettings();
  await logProtection(settings);
  const restApis = settings.apiGateway || settings.auth0Authorizer;
  // The model function and its dependencies are created only if an API invokes it.
  const serving = restApis || settings.httpApi;
  if (!serving && !settings.sagemaker) return secrets(settings);
  const outputs: Outputs = {};

  const { connect } = await import("./infra/base/connection");
  const { location, provider, options } = await connect(settings.awsRegion, settings);
  const { Encryption } = await import("./infra/base/encryption");
  const { keyArn } = new Encryption("encryption", { location }, options);
  const { CodeStore } = await import("./infra/base/code-store");
  const codeStore = new CodeStore("code-store", { location, keyArn, protect: settings.protectData }, options);
  const { layer, nativeLibraryArchive } = await import("./infra/function/layer");
  const nativeLibrary = layer("native-library", nativeLibraryArchive(), codeStore, codeStore);

  let network;
  if (settings.network && settings.vpcId !== "") {
    const { ExistingNetwork, requireSubnets } = await import("./infra/network/existing-network");
    await requireSubnets(settings, provider);
    network = new ExistingNetwork("network", { location, settings, serving }, options);
  } else if (settings.network) {
    const { Network, zonesFor } = await import("./infra/network/network");
    const zones = await zonesFor(settings.awsRegion, provider);
    network = new Network("network", { location, settings, keyArn, serving, zones }, options);
  }
  let alarmTopicArn;
  if (settings.sagemaker || settings.alarms || settings.endpoints.length > 0) {
    const { AlarmTopic } = await import("./infra/base/alarm-topic");
    alarmTopicArn = new AlarmTopic("alarms", { location, keyArn, email: settings.alarmEmail }, options).arn;
    outputs.alarmTopicArn = alarmTopicArn;
  }
  let training;
  if (settings.sagemaker) {
    const { Sagemaker } = await import("./infra/training/sagemaker");
    const trainer = { location, settings, codeStore, nativeLibrary, keyArn, alarmTopicArn: alarmTopicArn! };
    training = new Sagemaker("sagemaker", { ...trainer, network: network?.jobs }, options);
    Object.assign(outputs, training.outputs);
  }
  let storage;
  if (network?.subnets && (training !== undefined || settings.endpoints.length > 0)) {
    const { StorageEndpoint } = await import("./infra/network/storage-endpoint");
    const users = { settings, codeStore, training, serving };
    storage = new StorageEndpoint("storage", { location, ...network.subnets, ...users }, options);
  }
  let keyed: KeyedApi | undefined;
  if (serving) {
    const { readModels } = await import("./infra/function/models");
    const models = readModels(settings.modelsFolder, settings.endpoints, location);
    let endpoints;
    if (settings.endpoints.length > 0) {
      const { Endpoints } = await import("./infra/endpoint/endpoints");
      const engines = { location, settings, models, codeStore, keyArn, alarmTopicArn: alarmTopicArn! };
      endpoints = new Endpoints("endpoints", { ...engines, network: network?.engines, storage }, options);
    }
    const { ModelService } = await import("./infra/function/model-service");
    const called = [endpoints ?? [], network?.runtime ?? []].flat();
    const server = { location, settings, models, called, codeStore, nativeLibrary, keyArn };
    const placed = { published: training?.published, network: network?.isolated };
    const model = new ModelService("model", { ...server, ...placed }, options);
    const backend = { location, settings, function: model.function, defaultModel: model.defaultModel, keyArn };

    let logRole;
    if (restApis && settings.manageApiGatewayAccount) {
      const { LogRole } = await import("./infra/api/log-role");
      logRole = new LogRole("apiGateway-log-role", location, options).account;
    }
    const apis: ApiModule[] = [];
    const restArgs = { ...backend, codeStore, logRole, network: network?.throughNat };
    if (settings.apiGateway) {
      const { ApiGateway } = await import("./infra/api/api-gateway");
      const api = new ApiGateway("apiGateway", restArgs, options);
      keyed = api.keyed;
      apis.push(api);
    }
    if (settings.auth0Authorizer) {
      const { Auth0Authorizer } = await import("./infra/api/auth0-authorizer");
      apis.push(new Auth0Authorizer("auth0Authorizer", restArgs, options));
    }
    if (settings.httpApi) {
      const { HttpApiModule } = await import("./infra/api/http-api-module");
      apis.push(new HttpApiModule("httpApi", { ...backend, logsTo: codeStore.accessLogs }, options));
    }
    if (settings.firewall && restApis) {
      const { Firewall } = await import("./infra/firewall/firewall");
      new Firewall("firewall", { location, settings, keyArn, apis }, options);
    }
    const { Operations } = await import("./infra/monitoring/operations");
    const operations = new Operations(
      "operations",
      { ...backend, apis, endpoints: endpoints?.monitored ?? [], alarmTopicArn },
      options,
    );
    Object.assign(outputs, ...apis.map((api) => api.outputs), operations.outputs);
  }
  return { ...outputs, ...(await secrets(settings, keyed)) };
}

/** The module `secrets`, in a region of its own. */
async function secrets(settings: Settings, keyed?: KeyedApi): Promise<Outputs> {
  return settings.secrets ? (await import("./infra/secrets/secrets")).deploySecrets(settings, keyed) : {};
}

// Pulumi's runner calls a function that is the whole export of a CommonJS module; a default export it would take for stack
// outputs, and deploy nothing. The function can be called repeatedly in one process.
export = program;
