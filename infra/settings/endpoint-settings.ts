// The setting `endpoints`: the models that SageMaker endpoints compute in the model function's place. What AWS would refuse
// is found before anything is deployed.

import type { ApiSettings } from "./api-settings";
import { instanceFault, isBurstable, usualInstanceType } from "./instance-types";
import { type SettingReader, setPath } from "./setting-reader";
import { modelName, type StackSettings } from "./stack-settings";
import type { TrainingSettings } from "./training-settings";
import { tritonRegions } from "./triton-image";
import { userError } from "../base/user-error";

export interface EndpointSetting {
  readonly model: string;
  /** `ml.<family>.<size>`. */
  readonly instanceType: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** Requests per minute and instance that the number of instances follows. */
  readonly invocationsPerInstance: number;
  /** Whether requests that wait may be computed together, where the model's file allows it. */
  readonly batching: boolean;
}

export type EndpointSettings = Readonly<ReturnType<typeof readEndpointSettings>>;

const fields = ["model", "instanceType", "minInstances", "maxInstances", "invocationsPerInstance", "batching"] as const;

/** Endpoints, at most: the function's role names each, and has room for its statements. */
const mostEndpoints = 20;
/** Instances of one endpoint, at most: far above the quota of a new account. */
const mostInstances = 100;
/** Requests per minute: 10 a second. */
const usualInvocations = 600;

export function readEndpointSettings(read: SettingReader) {
  const listed = read.objects("endpoints", "model=mymodel");
  if (listed.length > mostEndpoints)
    read.error(
      "endpoints",
      `has more than ${mostEndpoints} entries`,
      `pulumi config rm --path 'endpoints[${mostEndpoints}]'`,
    );
  return {
    endpoints: listed
      .slice(0, mostEndpoints)
      .map((entry, index) => readEndpoint(read, `endpoints[${index}]`, entry)) as readonly EndpointSetting[],
    /** Digest of the engine's image, `sha256:…`; empty: whatever AWS's tag names when an instance starts. */
    endpointImageDigest: read.optional(
      "endpointImageDigest",
      /^sha256:[0-9a-f]{64}$/,
      "an image's digest",
      "sha256:<64 hex digits>",
    ),
  };
}

function readEndpoint(read: SettingReader, at: string, entry: Readonly<Record<string, unknown>>): EndpointSetting {
  for (const field of Object.keys(entry))
    if (!(fields as readonly string[]).includes(field))
      read.error(`${at}.${field}`, "is not a field of an endpoint", `pulumi config rm --path '${at}.${field}'`);
  const wrong = (field: string, what: string, example: string) =>
    read.error(`${at}.${field}`, what, setPath(`${at}.${field}`, example));
  const number = (field: (typeof fields)[number], most: number, fallback: number): number => {
    const value = Number(entry[field] ?? fallback);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    wrong(
      field,
      `is not a whole number from 1 to ${most}`,
      String(Math.min(most, Math.max(1, Math.round(value) || 1))),
    );
    return fallback;
  };
  const model = String(entry["model"] ?? "");
  if (!modelName.test(model)) wrong("model", "is not a model's name", "mymodel");
  const instanceType = String(entry["instanceType"] ?? "");
  if (instanceType === "") wrong("instanceType", "is missing", usualInstanceType);
  const batching = entry["batching"] ?? true;
  if (typeof batching !== "boolean" && batching !== "true" && batching !== "false")
    wrong("batching", "is neither true nor false", "false");
  const minInstances = number("minInstances", mostInstances, 1);
  return {
    model,
    instanceType,
    minInstances,
    maxInstances: number("maxInstances", mostInstances, minInstances),
    invocationsPerInstance: number("invocationsPerInstance", 1_000_000, usualInvocations),
    batching: String(batching) === "true",
  };
}

type Checked = EndpointSettings &
  Pick<StackSettings, "awsRegion" | "defaultModel"> &
  Pick<ApiSettings, "apiGateway" | "auth0Authorizer" | "httpApi"> &
  Pick<TrainingSettings, "sagemaker">;

/** Adds an error for each endpoint that could not be made, or would have no effect. */
export function checkEndpoints(settings: Checked, read: SettingReader): void {
  const { endpoints, awsRegion } = settings;
  if (endpoints.length === 0) {
    if (settings.endpointImageDigest !== "")
      read.error("endpointImageDigest", "has no effect without endpoints", "pulumi config rm endpointImageDigest");
    return;
  }
  if (!settings.apiGateway && !settings.auth0Authorizer && !settings.httpApi)
    read.error("endpoints", "have no effect without an API", "pulumi config rm endpoints");
  if (!tritonRegions.has(awsRegion))
    read.invalid("awsRegion", "has no AWS Triton image, which endpoints need", "us-east-1");
  endpoints.forEach(({ model, instanceType, minInstances, maxInstances }, index) => {
    const at = `endpoints[${index}]`;
    if (endpoints.slice(0, index).some((earlier) => earlier.model === model))
      read.error(`${at}.model`, "already has an endpoint", `pulumi config rm --path '${at}'`);
    // A published model goes live by the pointer that the function follows (docs/adr/0009).
    if (settings.sagemaker && model === settings.defaultModel)
      read.error(
        `${at}.model`,
        "is the model that the module sagemaker publishes, and a publication does not reach an endpoint",
        `pulumi config rm --path '${at}'`,
      );
    if (minInstances > maxInstances)
      read.error(
        `${at}.maxInstances`,
        "is less than minInstances",
        setPath(`${at}.maxInstances`, String(minInstances)),
      );
    else if (minInstances < maxInstances && isBurstable(instanceType))
      read.error(
        `${at}.maxInstances`,
        "is more than minInstances, and AWS scales no burstable instance type",
        setPath(`${at}.instanceType`, usualInstanceType),
      );
    const fault = instanceType === "" ? undefined : instanceFault(instanceType, awsRegion);
    if (fault !== undefined) read.error(`${at}.instanceType`, fault.what, setPath(`${at}.instanceType`, fault.instead));
  });
}

/**
 * Rejects an endpoint for a model that is not there.
 * @throws pulumi.RunError naming the first such entry
 */
export function requireEndpointModels(
  endpoints: readonly EndpointSetting[],
  names: readonly string[],
  folder: string,
): void {
  const index = endpoints.findIndex(({ model }) => !names.includes(model));
  if (index < 0) return;
  const at = `endpoints[${index}]`;
  throw userError(`${at}.model: is not in ${folder}: ${setPath(`${at}.model`, names[0]!)}`);
}
