// The API document of a REST API: the parts of OpenAPI 3.0 and AWS's extensions that the gateway interprets.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import type { Resource } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info?: { readonly title?: string; readonly version?: string; readonly description?: string };
  /** Path template → path item. */
  readonly paths: Readonly<Record<string, OpenApiPathItem>>;
  readonly components?: {
    readonly securitySchemes?: Readonly<Record<string, OpenApiSecurityScheme>>;
    readonly [other: string]: unknown;
  };
  /** Of operations that have none of their own; refused in an HTTP API: see security-requirement.ts. */
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
  /** Scheme name → scopes. API Gateway requires all entries, not one of them: see protections/requirement.ts. */
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

/**
 * Reads the document of an `aws:apigateway/restApi:RestApi`.
 * @throws Unenforceable if it is missing or not an OpenAPI 3.0 document
 */
export function documentOf(restApi: Resource): OpenApiDocument {
  const body = restApi.inputs["body"];
  if (typeof body !== "string")
    throw new Unenforceable(restApi.urn, "has no body: an API is served from its OpenAPI document only");
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw new Unenforceable(restApi.urn, "body is not JSON");
  }
  if (!isRecord(document)) throw new Unenforceable(restApi.urn, "body is not an object");
  if (typeof document["openapi"] !== "string" || !document["openapi"].startsWith("3.0"))
    throw new Unenforceable(restApi.urn, "body is not an OpenAPI 3.0 document");
  if (!isRecord(document["paths"]) || !Object.values(document["paths"]).every(isRecord))
    throw new Unenforceable(restApi.urn, "body has no paths");
  return document as OpenApiDocument;
}

/** Operations of a document, each with its method and path template. */
export function* operationsOf(
  document: OpenApiDocument,
): Generator<{ readonly path: string; readonly method: string; readonly operation: OpenApiOperation }> {
  for (const [path, item] of Object.entries(document.paths))
    for (const [field, method] of Object.entries(methodFields))
      if (isRecord(item[field])) yield { path, method, operation: item[field] as OpenApiOperation };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
