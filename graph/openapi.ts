// The one reader of the syntax of an API document: OpenAPI 3.0 with AWS's extensions, as an API resource carries it. It
// gives no meaning: who may call is decided separately by the gateway, the access matrix and the policy, so that a test
// can compare the three.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import { type Graph, ofType, type Resource } from "./resource";

export const restApiType = "aws:apigateway/restApi:RestApi";
export const httpApiType = "aws:apigatewayv2/api:Api";
export const restStageType = "aws:apigateway/stage:Stage";
export const httpStageType = "aws:apigatewayv2/stage:Stage";

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info?: { readonly title?: string; readonly version?: string; readonly description?: string };
  /** Path template → path item. */
  readonly paths: Readonly<Record<string, OpenApiPathItem>>;
  readonly components?: {
    readonly securitySchemes?: Readonly<Record<string, OpenApiSecurityScheme>>;
    readonly [other: string]: unknown;
  };
  /** Of a REST API's operations that have none of their own. Each reader decides what it makes of it elsewhere. */
  readonly security?: readonly SecurityRequirement[];
  readonly "x-amazon-apigateway-api-key-source"?: string;
  readonly "x-amazon-apigateway-binary-media-types"?: readonly string[];
  readonly "x-amazon-apigateway-gateway-responses"?: Readonly<Record<string, GatewayResponseSetting>>;
  readonly "x-amazon-apigateway-request-validator"?: string;
  readonly "x-amazon-apigateway-request-validators"?: Readonly<Record<string, RequestValidator>>;
  readonly [other: string]: unknown;
}

/** Other keys: methods in lower case, and `x-amazon-apigateway-any-method`. */
export interface OpenApiPathItem {
  readonly parameters?: readonly OpenApiParameter[];
  readonly [methodOrOther: string]: unknown;
}

export interface OpenApiOperation {
  readonly operationId?: string;
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: unknown;
  readonly responses?: unknown;
  /** Scheme name → scopes. API Gateway requires all entries, where OpenAPI requires one of them. */
  readonly security?: readonly SecurityRequirement[];
  readonly "x-amazon-apigateway-integration"?: Integration;
  readonly "x-amazon-apigateway-request-validator"?: string;
  readonly "x-amazon-apigateway-auth"?: { readonly type: string };
  readonly [other: string]: unknown;
}

export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

export interface OpenApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly [other: string]: unknown;
}

export interface OpenApiSecurityScheme {
  readonly type: string;
  readonly name?: string;
  readonly in?: string;
  readonly "x-amazon-apigateway-authtype"?: string;
  readonly "x-amazon-apigateway-authorizer"?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

export interface RequestValidator {
  readonly validateRequestBody?: boolean;
  readonly validateRequestParameters?: boolean;
}

export interface GatewayResponseSetting {
  readonly statusCode?: string | number;
  /** `gatewayresponse.header.<Name>` → a quoted constant, or a source such as `method.request.header.<name>`. */
  readonly responseParameters?: Readonly<Record<string, string>>;
  /** Media type → template. */
  readonly responseTemplates?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

export interface Integration {
  readonly type: string;
  readonly httpMethod?: string;
  readonly uri?: string;
  readonly timeoutInMillis?: number;
  readonly passthroughBehavior?: string;
  readonly contentHandling?: string;
  readonly credentials?: string;
  readonly requestTemplates?: Readonly<Record<string, string>>;
  readonly responses?: Readonly<Record<string, IntegrationResponse>>;
  readonly [other: string]: unknown;
}

export interface IntegrationResponse {
  readonly statusCode?: string | number;
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** Field of a path item → HTTP method, or `ANY` for the any-method extension. */
export const methodFields: Readonly<Record<string, string>> = {
  get: "GET",
  put: "PUT",
  post: "POST",
  delete: "DELETE",
  options: "OPTIONS",
  head: "HEAD",
  patch: "PATCH",
  "x-amazon-apigateway-any-method": "ANY",
};

/** A body that is no API document; the message says why, to follow `body`. */
export class DocumentError extends Error {}

/** Parses an API's `body`. Only its being an object is certain: a reader checks what it relies on. @throws DocumentError */
export function parseDocument(body: unknown): OpenApiDocument {
  let document: unknown;
  try {
    document = JSON.parse(String(body));
  } catch {
    throw new DocumentError("is not JSON");
  }
  if (!isRecord(document)) throw new DocumentError("is not an object");
  return document as unknown as OpenApiDocument;
}

export interface DocumentOperation {
  readonly path: string;
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Empty if the document has something else than an object there. */
  readonly operation: OpenApiOperation;
}

/**
 * Operations of a document, path by path, in the order of `methodFields`. Fields that only resemble a method (`GET`,
 * `trace`) come last: whether API Gateway would take one is not for the syntax to say.
 */
export function* operationsOf({ paths }: OpenApiDocument): Generator<DocumentOperation> {
  const order = Object.keys(methodFields);
  for (const [path, item] of Object.entries(isRecord(paths) ? paths : {})) {
    if (!isRecord(item)) continue;
    const alike = Object.keys(item).filter(
      (field) => !order.includes(field) && [...order, "trace"].includes(field.toLowerCase()),
    );
    for (const field of [...order.filter((method) => method in item), ...alike]) {
      const operation = item[field];
      const method = methodFields[field.toLowerCase()] ?? field.toUpperCase();
      yield { path, method, operation: isRecord(operation) ? operation : {} };
    }
  }
}

/** Security schemes by name. */
export function securitySchemesOf({ components }: OpenApiDocument): Readonly<Record<string, OpenApiSecurityScheme>> {
  return components?.securitySchemes ?? {};
}

/** Definitions of authorizers (`x-amazon-apigateway-authorizer`) by the name of their security scheme. */
export function authorizersOf(document: OpenApiDocument): [name: string, Readonly<Record<string, unknown>>][] {
  return Object.entries(securitySchemesOf(document)).flatMap(([name, scheme]) => {
    const authorizer = isRecord(scheme) ? scheme["x-amazon-apigateway-authorizer"] : undefined;
    return isRecord(authorizer) ? [[name, authorizer]] : [];
  });
}

/** Whether a server of an HTTP API's document disables the default endpoint. */
export function disablesDefaultEndpoint({ servers }: OpenApiDocument): boolean {
  return (Array.isArray(servers) ? servers : []).some((server) => {
    const setting: unknown = isRecord(server) ? server["x-amazon-apigateway-endpoint-configuration"] : undefined;
    return isRecord(setting) && setting.disableExecuteApiEndpoint === true;
  });
}

/** Stages of an API. */
export function stagesOf(graph: Graph, { id }: Pick<Resource, "id">): Resource[] {
  return [
    ...ofType(graph, restStageType).filter(({ inputs }) => inputs.restApi === id),
    ...ofType(graph, httpStageType).filter(({ inputs }) => inputs.apiId === id),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
