// Every way into an API, whoever declares it: the operations of an OpenAPI document with AWS's extensions, and Method and
// Route resources beside it. A route that is declared in an unusual way is still a route.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import type { Resource } from "../graph/resource";
import { at, list, parse, type Plain, record, text, texts } from "./read";
import type { View } from "./view";

export const restApiType = "aws:apigateway/restApi:RestApi";
export const httpApiType = "aws:apigatewayv2/api:Api";
export const methodType = "aws:apigateway/method:Method";
export const routeType = "aws:apigatewayv2/route:Route";

/** How a caller proves who it is; `none`: it need not, or nothing that the gateway knows asks for it. */
export type SchemeKind = "apiKey" | "iam" | "cognito" | "lambda" | "jwt" | "none";

export interface Requirement {
  readonly kind: SchemeKind;
  /** Name of the scheme, or id of the authorizer. */
  readonly scheme: string;
  readonly scopes: readonly string[];
}

export interface Operation {
  /** `POST /mymodel`. */
  readonly route: string;
  /** Alternatives, each of requirements that hold together. None at all, or an empty one: open. */
  readonly alternatives: readonly (readonly Requirement[])[];
  /** API Gateway answers it by itself, with nothing behind. */
  readonly preflight: boolean;
  readonly integration: Plain;
  readonly validator: string;
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"];

/** The operations of an API's document. @throws Unreadable, UnknownValue */
export function documentOperations(api: Resource): Operation[] {
  const document = documentOf(api);
  return Object.entries(record(document.paths)).flatMap(([path, item]) =>
    Object.entries(record(item))
      .filter(([method]) => methods.includes(method.toLowerCase()))
      .map(([method, value]) => {
        const operation = record(value);
        const integration = record(operation["x-amazon-apigateway-integration"]);
        return {
          route: `${method.startsWith("x-") ? "ANY" : method.toUpperCase()} ${path}`,
          // API Gateway ignores a document's root `security`: what an operation does not ask for is not asked for.
          alternatives: together(
            list(operation.security).map((entry) =>
              Object.entries(record(entry)).map(([scheme, scopes]) => ({
                kind: schemeKind(at(document, "components", "securitySchemes", scheme)),
                scheme,
                scopes: texts(scopes),
              })),
            ),
          ),
          preflight: method.toLowerCase() === "options" && text(integration.type).toLowerCase() === "mock",
          integration,
          validator: text(
            operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"],
          ),
        };
      }),
  );
}

/**
 * OpenAPI reads the entries of `security` as alternatives; API Gateway asks for all of them where each names one scheme, as AWS's own
 * SAM writes them. Of other entries nothing is known, so the weakest reading holds.
 */
function together(entries: readonly (readonly Requirement[])[]): readonly (readonly Requirement[])[] {
  return entries.every(({ length }) => length === 1)
    ? [entries.flat()]
    : [...entries, ...entries.flat().map((one) => [one])];
}

/** Operations of the document, and those that Method and Route resources add to it. */
export function operationsOf(api: Resource, view: View): Operation[] {
  const [type, property] = api.type === restApiType ? [methodType, "restApi"] : [routeType, "apiId"];
  return [...documentOperations(api), ...view.pointingAt(api, type, property).map((item) => resourceOperation(item))];
}

/** A Method or Route resource as an operation. */
export function resourceOperation({ type, inputs }: Resource): Operation {
  const asked = text(type === methodType ? inputs.authorization : inputs.authorizationType).toUpperCase();
  const kind = resourceKinds[asked] ?? "none";
  const scheme = text(inputs.authorizerId);
  // A custom or token protection that names no authorizer protects nothing.
  const proven = kind === "iam" || kind === "none" || scheme !== "" ? kind : "none";
  const requirement: Requirement = { kind: proven, scheme, scopes: texts(inputs.authorizationScopes) };
  return {
    route: type === methodType ? `${text(inputs.httpMethod)} ${text(inputs.resourceId)}` : text(inputs.routeKey),
    alternatives: [[requirement, ...(inputs.apiKeyRequired === true ? [key] : [])]],
    preflight: false,
    integration: {},
    validator: text(inputs.requestValidatorId),
  };
}

const key: Requirement = { kind: "apiKey", scheme: "", scopes: [] };
const resourceKinds: Readonly<Record<string, SchemeKind>> = {
  AWS_IAM: "iam",
  COGNITO_USER_POOLS: "cognito",
  CUSTOM: "lambda",
  JWT: "jwt",
};

/** The document of an API; empty where it has none. */
export function documentOf({ inputs }: Resource): Plain {
  return parse(inputs.body ?? {}, "body");
}

function schemeKind(definition: unknown): SchemeKind {
  const authorizer = text(at(definition, "x-amazon-apigateway-authorizer", "type")).toLowerCase();
  const type = text(at(definition, "x-amazon-apigateway-authtype")).toLowerCase();
  if (type === "awssigv4") return "iam";
  if (authorizer === "cognito_user_pools") return "cognito";
  if (authorizer === "jwt") return "jwt";
  if (authorizer === "token" || authorizer === "request") return "lambda";
  const isKey = at(definition, "type") === "apiKey" && text(at(definition, "name")).toLowerCase() === "x-api-key";
  return isKey && type === "" && authorizer === "" ? "apiKey" : "none";
}
