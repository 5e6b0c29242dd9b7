// All routes of an API, however they are declared: the operations of an OpenAPI document with AWS's extensions, and
// additional Method and Route resources.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import {
  DocumentError,
  type OpenApiDocument,
  operationsOf as declaredOperations,
  parseDocument,
  restApiType,
} from "../../graph/openapi";
import type { Resource } from "../../graph/resource";
import { at, list, type Plain, record, text, texts, Unreadable } from "./read";
import type { View } from "./view";

export const methodType = "aws:apigateway/method:Method";
export const routeType = "aws:apigatewayv2/route:Route";

/**
 * How a caller authenticates; `none`: not at all, including schemes that API Gateway does not recognise and so ignores.
 */
export type SchemeKind = "apiKey" | "iam" | "cognito" | "lambda" | "jwt" | "none";

export interface Requirement {
  readonly kind: SchemeKind;
  /** Name of the security scheme, or id of the authorizer; may be empty. */
  readonly scheme: string;
  readonly scopes: readonly string[];
}

export interface Operation {
  /** `POST /mymodel`. */
  readonly route: string;
  /**
   * Alternative lists of requirements; a caller must meet all of one list. No list, or an empty one: the route is open.
   */
  readonly alternatives: readonly (readonly Requirement[])[];
  /** Whether this is an OPTIONS route that API Gateway answers itself, without a backend. */
  readonly preflight: boolean;
  /** `x-amazon-apigateway-integration`; empty for Method and Route resources. */
  readonly integration: Plain;
  /** Name or id of the request validator; empty if there is none. */
  readonly validator: string;
  /** Whether the document has a model of every body (`$default`): one of another media type than its models' is not validated. */
  readonly modelsEveryBody: boolean;
}

/** The operations of an API's document. @throws Unreadable, UnknownValue */
export function documentOperations(api: Resource): Operation[] {
  const document = documentOf(api);
  // A REST API applies the root's to operations without their own, an empty list counting as their own (recorded on AWS in
  // 2025 with OpenAPI 3: LocalStack, test_apigateway_import). Nobody recorded it for others: there it counts for nothing.
  const rootSecurity = api.type === restApiType && text(document.openapi) !== "" ? document.security : undefined;
  return [...declaredOperations(document)].map(({ path, method, operation }) => {
    const integration = record(operation["x-amazon-apigateway-integration"]);
    return {
      route: `${method} ${path}`,
      alternatives: withExtension(
        text(at(operation, "x-amazon-apigateway-auth", "type")).toUpperCase(),
        together(
          list(operation.security ?? rootSecurity).map((entry) =>
            Object.entries(record(entry)).map(([scheme, scopes]) => ({
              kind: schemeKind(at(document, "components", "securitySchemes", scheme)),
              scheme,
              scopes: texts(scopes),
            })),
          ),
        ),
      ),
      preflight: method === "OPTIONS" && text(integration.type).toLowerCase() === "mock",
      integration,
      validator: text(
        operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"],
      ),
      modelsEveryBody: at(operation, "requestBody", "content", "$default", "schema") !== undefined,
    };
  });
}

/**
 * In OpenAPI the entries of `security` are alternatives. API Gateway requires all of them if each names a single
 * scheme, which is how AWS SAM writes them. For other entries its behaviour is not documented, so the weakest
 * interpretation is assumed.
 */
function together(entries: readonly (readonly Requirement[])[]): readonly (readonly Requirement[])[] {
  return entries.every(({ length }) => length === 1)
    ? [entries.flat()]
    : [...entries, ...entries.flat().map((one) => [one])];
}

/**
 * Adds what the operation's own `x-amazon-apigateway-auth` says: AWS_IAM asks for a signature, alone or as the scheme does;
 * NONE is believed, too, whatever `security` asks for besides an API key, because it is the weaker.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-auth.html
 */
function withExtension(type: string, alternatives: Operation["alternatives"]): Operation["alternatives"] {
  if (type === "NONE") return alternatives.map((all) => all.filter(({ kind }) => kind === "apiKey"));
  if (type !== "AWS_IAM") return alternatives;
  const signature: Requirement = { kind: "iam", scheme: "", scopes: [] };
  return alternatives.map((all) => (all.some(({ kind }) => kind === "iam") ? all : [...all, signature]));
}

/** All operations: those of the API's document, and the Method and Route resources that refer to the API. */
export function operationsOf(api: Resource, view: View): Operation[] {
  const [type, property] = api.type === restApiType ? [methodType, "restApi"] : [routeType, "apiId"];
  return [...documentOperations(api), ...view.pointingAt(api, type, property).map((item) => resourceOperation(item))];
}

/** A Method or Route resource as an operation. */
export function resourceOperation({ type, inputs }: Resource): Operation {
  const asked = text(type === methodType ? inputs.authorization : inputs.authorizationType).toUpperCase();
  const kind = resourceKinds[asked] ?? "none";
  const scheme = text(inputs.authorizerId);
  // A method or route of type CUSTOM, JWT or COGNITO_USER_POOLS without an authorizer is unprotected.
  const proven = kind === "iam" || kind === "none" || scheme !== "" ? kind : "none";
  const requirement: Requirement = { kind: proven, scheme, scopes: texts(inputs.authorizationScopes) };
  return {
    route: type === methodType ? `${text(inputs.httpMethod)} ${text(inputs.resourceId)}` : text(inputs.routeKey),
    alternatives: [[requirement, ...(inputs.apiKeyRequired === true ? [key] : [])]],
    preflight: false,
    integration: {},
    validator: text(inputs.requestValidatorId),
    modelsEveryBody: text(at(inputs, "requestModels", "$default")) !== "",
  };
}

const key: Requirement = { kind: "apiKey", scheme: "", scopes: [] };
const resourceKinds: Readonly<Record<string, SchemeKind>> = {
  AWS_IAM: "iam",
  COGNITO_USER_POOLS: "cognito",
  CUSTOM: "lambda",
  JWT: "jwt",
};

/** Documents that were read, with the text that they were read from: some thirty rules ask for those of the same APIs. */
const documents = new WeakMap<Resource, { readonly body: unknown; readonly document: OpenApiDocument }>();

/** The OpenAPI document of an API, to be read only; empty if it has none. @throws Unreadable, UnknownValue */
export function documentOf(api: Resource): OpenApiDocument {
  const { body } = api.inputs;
  const known = documents.get(api);
  if (known !== undefined && known.body === body) return known.document;
  try {
    const document = parseDocument(body ?? "{}");
    documents.set(api, { body, document });
    return document;
  } catch (error) {
    throw error instanceof DocumentError ? new Unreadable(`body ${error.message}`) : error;
  }
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
