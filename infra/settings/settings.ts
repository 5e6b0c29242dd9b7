// The stack's settings: the only reader of pulumi.Config. Types and defaults are in Pulumi.yaml; the allowed values are
// defined by each module's reader. All errors are reported at once, each with the command that cures it.

import * as pulumi from "@pulumi/pulumi";
import { longestEndpointPrefix } from "../base/endpoint-name";
import { type ApiSettings, checkApis, readApiSettings } from "./api-settings";
import { checkClients } from "./client-checks";
import { readClientSettings } from "./client-settings";
import { checkDomains, readDomainSettings } from "./domain-settings";
import { checkEndpoints, type EndpointSettings, readEndpointSettings } from "./endpoint-settings";
import { checkFirewall, readFirewallSettings } from "./firewall-settings";
import { checkNetwork, readNetworkSettings } from "./network-settings";
import { readProviders } from "./provider-settings";
import { checkSecrets, readSecretSettings, type SecretSettings } from "./secret-settings";
import { SettingReader } from "./setting-reader";
import { checkAlarms, readStackSettings } from "./stack-settings";
import { checkTags, readTags } from "./tag-settings";
import { checkWarm, readWarmSettings } from "./warm-settings";
import { checkTraining, readTrainingSettings, type TrainingSettings } from "./training-settings";

/** Validated settings. Every key is declared in Pulumi.yaml under the same name, with its default and unit. */
export type Settings = Readonly<ReturnType<typeof readAll>>;

function readAll(read: SettingReader) {
  const apis = readApiSettings(read);
  const declared = {
    ...readStackSettings(read),
    ...readNetworkSettings(read),
    ...apis,
    ...readClientSettings(read, apis),
    ...readEndpointSettings(read),
    ...readFirewallSettings(read),
    ...readDomainSettings(read),
    ...readSecretSettings(read),
    ...readTrainingSettings(read),
    ...readTags(read),
    ...readWarmSettings(read),
  };
  read.rejectUnknown(Object.keys(declared));
  return {
    ...declared,
    /** Settings of Pulumi's own providers (`aws:profile` …), which Pulumi.yaml does not declare. */
    providers: readProviders(declared, read),
  };
}

/**
 * Reads and validates the stack's settings.
 * @throws pulumi.RunError with a line for each error: the key, what is wrong, and the command that cures it.
 */
export function readSettings(): Settings {
  const read = new SettingReader(new pulumi.Config());
  const settings = readAll(read);
  checkApis(settings, read);
  checkNetwork(settings, read);
  checkAlarms(settings, read);
  checkClients(settings, read);
  checkEndpoints(settings, read);
  checkFirewall(settings, read);
  checkDomains(settings, read);
  checkSecrets(settings, read);
  checkTraining(settings, read);
  checkTags(settings, read);
  checkWarm(settings, read);
  checkPhysicalNames(settings, read);
  read.throwErrors();
  return settings;
}

type Checked = Pick<
  ApiSettings,
  "apiGateway" | "apiGatewayAuth" | "apiGatewayKeyRequired" | "auth0Authorizer" | "httpApi"
> &
  Pick<SecretSettings, "secrets"> &
  Pick<EndpointSettings, "endpoints"> &
  Pick<TrainingSettings, "sagemaker">;

/**
 * Pulumi's engine refuses to delete or replace protected resources, but does not know which setting protects them; and the
 * program cannot see which resources exist. So every preview names the setting to change before a module is switched
 * off, the user pool is replaced, or a region changes.
 */
export async function logProtection({ protectData }: Settings): Promise<void> {
  if (!pulumi.runtime.hasEngine() || !pulumi.runtime.isDryRun() || !protectData) return;
  const first = "pulumi config set protectData false && pulumi up";
  await pulumi.log.info(
    `protectData is true, so what holds data is neither deleted nor replaced: to allow that, first ${first}`,
  );
}

/** Maximum characters of a function's name. Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const longestFunction = 64;
/**
 * Maximum characters of a user pool's domain.
 * Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html
 */
const longestDomain = 63;
const rename = "pulumi stack rename <name>";
const renameProject = "choose another name in Pulumi.yaml and in the keys of Pulumi.<stack>.yaml";

/** Adds an error for every name that AWS would refuse, for the modules that are on. */
function checkPhysicalNames(settings: Checked, read: SettingReader): void {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const cognito = settings.apiGateway && settings.apiGatewayAuth === "cognito";
  // The stack's name is the API's stage too.
  if (!/^[A-Za-z0-9-]{1,24}$/.test(stack))
    read.error("stack", "its name may have letters, digits and hyphens, at most 24", rename);
  const hasEndpoints = settings.endpoints.length > 0;
  // Cognito's domains and SageMaker's pipelines and endpoints take no underscore.
  const strict = cognito || settings.sagemaker || hasEndpoints;
  if (!(strict ? /^[A-Za-z0-9-]+$/ : /^[\w-]+$/).test(project))
    read.error(
      "project",
      `its name may have letters, digits and ${strict ? "hyphens" : "hyphens or underscores"}`,
      renameProject,
    );
  // Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
  if (cognito)
    for (const [key, name, cure] of [
      ["stack", stack, rename],
      ["project", project, renameProject],
    ] as const)
      if (/aws|amazon|cognito/i.test(name))
        read.error(key, "Cognito refuses a domain with aws, amazon or cognito in its name", cure);
  const longest = longestPrefix(settings, cognito);
  if (`${project}-${stack}`.length > longest)
    read.error(
      "project",
      `its name and the stack's have more than ${longest - 1} characters together, too many for a function or domain named after them`,
      `${renameProject}, or ${rename}`,
    );
}

/** Maximum characters of `<project>-<stack>`: what the longest suffix of the modules' physical names leaves. */
function longestPrefix(settings: Checked, cognito: boolean): number {
  const { apiGateway, auth0Authorizer, httpApi, sagemaker, secrets } = settings;
  const keyed = apiGateway && (settings.apiGatewayAuth === "apiKey" || settings.apiGatewayKeyRequired);
  const serving = apiGateway || auth0Authorizer || httpApi;
  const roles: readonly [on: boolean, role: string][] = [
    [serving, "model"],
    [apiGateway && settings.apiGatewayAuth === "lambda", "authorizer"],
    [auth0Authorizer, "auth0-authorizer"],
    [secrets && keyed, "rotation"],
    [sagemaker, "publisher"],
  ];
  const limits = roles.filter(([on]) => on).map(([, role]) => longestFunction - `-${role}`.length);
  if (cognito) limits.push(longestDomain - "-123456789012".length);
  if (settings.endpoints.length > 0) limits.push(longestEndpointPrefix);
  return Math.min(longestFunction, ...limits);
}
