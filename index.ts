// The program, as its architecture diagram: settings → components, in dependency order → outputs. A component is
// imported when it is needed, so that a preview pays for the modules that are on. Importable any number of times.

import * as pulumi from "@pulumi/pulumi";
import type { ApiGateway as ApiGatewayModule, KeyedApi } from "./infra/api-gateway";
import type { AlarmTopic } from "./infra/parts/alarm-topic";
import { readSettings, type Settings } from "./infra/settings";

async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
  const settings = readSettings();
  // The engine refuses to delete or replace what is protected, and knows no settings; nor does the program know what stands.
  // So each preview names the setting that allows it: a module may go, or a protection with its user pool, or a region change.
  if (pulumi.runtime.hasEngine() && pulumi.runtime.isDryRun() && settings.protectData) {
    const first = "pulumi config set protectData false && pulumi up";
    await pulumi.log.info(
      `protectData is true, so what holds data is neither deleted nor replaced: to allow that, first ${first}`,
    );
  }
  const restApis = settings.apiGateway || settings.auth0Authorizer;
  // The model function, and what it needs, exist only when something invokes it.
  const serving = restApis || settings.httpApi;
  if (!serving && !settings.sagemaker) return settings.secrets ? secrets(settings) : {};

  const { connect } = await import("./infra/connection");
  const { location, options } = await connect(settings.awsRegion, settings);

  const { Encryption } = await import("./infra/encryption");
  const { keyArn } = new Encryption("encryption", { location }, options);

  const { CodeStore } = await import("./infra/parts/code-store");
  const codeStore = new CodeStore("code-store", { location, keyArn, protect: settings.protectData }, options);

  const { layer } = await import("./infra/parts/layer");
  const { nativeLibrary: archive } = await import("./infra/parts/native-library");
  const nativeLibrary = layer("native-library", archive(), codeStore, codeStore);

  let network;
  if (settings.network) {
    const { Network } = await import("./infra/network");
    network = new Network("network", { location, settings, keyArn, serving }, options);
  }

  const outputs: Record<string, pulumi.Input<unknown>> = {};
  // One topic for all that is watched in this region, made for the first that asks.
  let topic: AlarmTopic | undefined;
  const alarmTopicArn = async (): Promise<pulumi.Output<string>> => {
    const { AlarmTopic } = await import("./infra/parts/alarm-topic");
    topic ??= new AlarmTopic("alarms", { location, keyArn, email: settings.alarmEmail }, options);
    outputs.alarmTopicArn = topic.arn;
    return topic.arn;
  };

  let published;
  if (settings.sagemaker) {
    const { Sagemaker } = await import("./infra/sagemaker");
    const trainer = { location, settings, codeStore, nativeLibrary, keyArn, alarmTopicArn: await alarmTopicArn() };
    const training = new Sagemaker("sagemaker", { ...trainer, network: network?.jobs }, options);
    Object.assign(outputs, training.outputs);
    published = training.published;
    if (network) {
      const { StorageEndpoint } = await import("./infra/storage-endpoint");
      const modelsBucketArn = serving ? published.bucketArn : undefined;
      const { trainingBucketArn } = training;
      new StorageEndpoint("storage", { location, ...network.subnets, trainingBucketArn, modelsBucketArn }, options);
    }
  }
  if (!serving) return settings.secrets ? { ...outputs, ...(await secrets(settings)) } : outputs;

  const { ModelService } = await import("./infra/model-service");
  const model = new ModelService(
    "model",
    { location, settings, codeStore, nativeLibrary, published, keyArn, network: network?.isolated },
    options,
  );
  const front = { location, settings, function: model.function, defaultModel: model.defaultModel, keyArn };

  // One for the account and region, however many REST APIs there are.
  let logRole: pulumi.Resource | undefined;
  if (restApis && settings.manageApiGatewayAccount) {
    const { LogRole } = await import("./infra/parts/log-role");
    logRole = new LogRole("apiGateway-log-role", location, options).account;
  }

  const doors: (Pick<ApiGatewayModule, "outputs" | "watched"> & { readonly stageArn?: pulumi.Output<string> })[] = [];
  let keyed: KeyedApi | undefined;
  if (settings.apiGateway) {
    const { ApiGateway } = await import("./infra/api-gateway");
    const api = new ApiGateway("apiGateway", { ...front, codeStore, logRole, network: network?.throughNat }, options);
    keyed = api.keyed;
    doors.push(api);
  }
  if (settings.auth0Authorizer) {
    const { Auth0Authorizer } = await import("./infra/auth0-authorizer");
    doors.push(
      new Auth0Authorizer("auth0Authorizer", { ...front, codeStore, logRole, network: network?.throughNat }, options),
    );
  }
  if (settings.httpApi) {
    const { HttpApiModule } = await import("./infra/http-api");
    doors.push(new HttpApiModule("httpApi", { ...front, logsTo: codeStore.accessLogs }, options));
  }
  for (const door of doors) Object.assign(outputs, door.outputs);

  const stages = doors.flatMap(({ watched, stageArn }) => (stageArn ? [[watched.api.name, stageArn] as const] : []));
  if (settings.firewall && stages.length > 0) {
    const { Firewall } = await import("./infra/firewall");
    new Firewall("firewall", { location, settings, keyArn, stages: Object.fromEntries(stages) }, options);
  }

  const { Operations } = await import("./infra/operations");
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

/** Where the secret lives is a choice of its own, so it has a provider of its own. */
async function secrets(settings: Settings, api?: KeyedApi): Promise<Record<string, pulumi.Input<unknown>>> {
  const { connect } = await import("./infra/connection");
  const { location, options } = await connect(settings.secretsRegion, settings, "secrets-aws");
  const { Secrets } = await import("./infra/secrets");
  const apiLocation = { ...location, region: settings.awsRegion };
  return new Secrets("secrets", { location, settings, apiLocation, api }, options).outputs;
}

// Pulumi's runner calls what a CommonJS module exports as a whole; a default export it would take for stack outputs, and
// deploy nothing.
export = program;
