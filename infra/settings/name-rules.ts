// Checks that the names of the project and the stack fit into the physical names that are made of them, before anything
// is deployed. Pulumi itself allows a project dots, underscores and any length.

import * as pulumi from "@pulumi/pulumi";
import type { ApiSettings } from "./api-settings";
import type { SecretSettings } from "./secret-settings";
import type { SettingReader } from "./setting-reader";
import type { TrainingSettings } from "./training-settings";

type Checked = Pick<
  ApiSettings,
  "apiGateway" | "apiGatewayAuth" | "apiGatewayKeyRequired" | "auth0Authorizer" | "httpApi"
> &
  Pick<SecretSettings, "secrets"> &
  Pick<TrainingSettings, "sagemaker">;

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
export function checkPhysicalNames(settings: Checked, read: SettingReader): void {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const cognito = settings.apiGateway && settings.apiGatewayAuth === "cognito";
  // The stack's name is the API's stage too.
  if (!/^[A-Za-z0-9-]{1,24}$/.test(stack))
    read.error("stack", "its name may have letters, digits and hyphens, at most 24", rename);
  // Cognito's domains and SageMaker's pipelines take no underscore.
  const strict = cognito || settings.sagemaker;
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
  return Math.min(longestFunction, ...limits, ...(cognito ? [longestDomain - "-123456789012".length] : []));
}
