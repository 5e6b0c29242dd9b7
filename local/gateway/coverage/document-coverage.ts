// Fails closed within the API document: an unknown field or extension may be a protection.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import type { Resource } from "../../../graph/resource";
import { methodFields, type OpenApiDocument } from "../request/document";
import { checkFields, type Known, known, knownComponents } from "../request/known-fields";
import { Unenforceable } from "../../base/unenforceable";

const unset = (why: string) => (value: unknown) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
    ? undefined
    : why;

const document: Known = {
  ...known("openapi", "info", "paths", "security", "servers", "tags", "externalDocs"),
  ...known(
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-endpoint-access-mode",
    "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-importexport-version",
    "x-amazon-apigateway-policy",
    "x-amazon-apigateway-request-validator",
    "x-amazon-apigateway-request-validators",
    "x-amazon-apigateway-security-policy",
  ),
  ...knownComponents,
};

const pathItem: Known = known("parameters", "summary", "description", "servers", ...Object.keys(methodFields));

const operation: Known = known(
  "operationId",
  "summary",
  "description",
  "tags",
  "deprecated",
  "externalDocs",
  "parameters",
  "requestBody",
  "responses",
  "security",
  "servers",
  "x-amazon-apigateway-auth",
  "x-amazon-apigateway-integration",
  "x-amazon-apigateway-request-validator",
);

const integration: Known = {
  ...known(
    "type",
    "httpMethod",
    "uri",
    "timeoutInMillis",
    "passthroughBehavior",
    "contentHandling",
    "requestTemplates",
    "responses",
  ),
  // Only selects where cached responses are stored; stages with a cache are refused.
  ...known("cacheNamespace"),
  cacheKeyParameters: unset("caches responses, which is not done locally"),
  connectionType: (value) =>
    value === "INTERNET" ? undefined : "is a VPC link, which leads into a network that does not exist locally",
  credentials: unset("invokes the function as a role, whose policies are not evaluated locally"),
  requestParameters: unset("rewrites the request, which is not done locally"),
  responseTransferMode: (value) => (value === "BUFFERED" ? undefined : "streams, which is not done locally"),
};

const validator: Known = known("validateRequestBody", "validateRequestParameters");

/** Extensions that repeat an argument of the API. */
const repeated: Readonly<Record<string, string>> = {
  "x-amazon-apigateway-endpoint-access-mode": "endpointAccessMode",
  "x-amazon-apigateway-security-policy": "securityPolicy",
};

/**
 * @param inputs the API's arguments
 * @throws Unenforceable naming the field and where it is: one that is unknown, or differs from the argument it repeats
 */
export function checkDocument(api: OpenApiDocument, { urn, inputs }: Pick<Resource, "urn" | "inputs">): void {
  checkFields(api, document, urn);
  for (const [extension, argument] of Object.entries(repeated)) {
    if (api[extension] !== undefined && api[extension] !== inputs[argument])
      throw new Unenforceable(urn, `${extension} is not what ${argument} says: which of them wins is not known`);
  }
  for (const [name, value] of Object.entries(api["x-amazon-apigateway-request-validators"] ?? {}))
    checkFields(value, validator, `${urn}: x-amazon-apigateway-request-validators.${name}`);
  for (const [path, item] of Object.entries(api.paths)) {
    checkFields(item, pathItem, `${urn}: ${path}`);
    for (const [field, method] of Object.entries(methodFields)) {
      const found = item[field] as Record<string, unknown> | undefined;
      if (found === undefined) continue;
      const where = `${urn}: ${method} ${path}`;
      checkFields(found, operation, where);
      checkFields(
        found["x-amazon-apigateway-integration"] ?? {},
        integration,
        `${where}: x-amazon-apigateway-integration`,
      );
    }
  }
}
