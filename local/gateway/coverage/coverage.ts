// Fails closed: before anything is served, every resource that decides who may call or what answers must be known to
// the gateway, with each of its properties. Gaps in what only filters traffic are reported instead.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { documentOf } from "../request/document";
import { methodFields, type OpenApiDocument } from "../../../graph/openapi";
import { firewallGaps } from "../firewall/web-acl";
import { httpDocumentOf } from "../http-api/http-api-document";
import { everywhere, families, resources } from "./resource-coverage";
import { type NotEnforced, Unenforceable } from "../../base/unenforceable";
import { type PropertyRule, checkFields, type KnownFields, known, knownComponents } from "../request/coverage-rules";

/**
 * @returns what is not enforced, to be shown to the user
 * @throws Unenforceable naming the first resource that cannot be served
 */
export function checkCoverage(graph: Graph): NotEnforced[] {
  const gaps = graph.resources.flatMap((resource) => checkResource(resource, graph));
  for (const api of ofType(graph, "aws:apigateway/restApi:RestApi")) checkDocument(documentOf(api), api);
  for (const api of ofType(graph, "aws:apigatewayv2/api:Api")) httpDocumentOf(api);
  return gaps;
}

function checkResource(resource: Resource, graph: Graph): NotEnforced[] {
  const { type, urn, inputs } = resource;
  const known = Object.hasOwn(resources, type) ? resources[type] : undefined;
  if (!known) {
    const family = families.find(({ pattern }) => pattern.test(type));
    if (family) throw new Unenforceable(urn, `${type}: ${family.why}`);
    return [];
  }
  if ("unsupported" in known) throw new Unenforceable(urn, known.unsupported);
  if ("firewall" in known) return firewallGaps(resource, graph);
  if (inputs["vpcConfig"] !== undefined && type === "aws:lambda/function:Function")
    return [{ resource: urn, why: "its network does not exist locally: it reaches what this machine reaches" }];
  checkProperties(resource, "irrelevant" in known ? { ...anything(resource), ...known.unless } : known.properties);
  return [];
}

/** @throws Unenforceable for a set property that is unknown, or whose value cannot be enforced */
function checkProperties({ inputs, urn }: Resource, properties: Readonly<Record<string, PropertyRule>>): void {
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined || value === null || everywhere.has(name)) continue;
    const rule = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (rule === undefined)
      throw new Unenforceable(urn, `has a property that the local gateway does not know: ${name}`);
    const why = typeof rule === "function" ? rule(value) : undefined;
    if (why !== undefined) throw new Unenforceable(urn, `${name} ${why}`);
  }
}

/** Treats all properties of a resource as irrelevant. */
function anything({ inputs }: Resource): Record<string, PropertyRule> {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, "irrelevant"]));
}

// Fails closed within the API document: an unknown field or extension may be an access control.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

const unset = (why: string) => (value: unknown) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
    ? undefined
    : why;

const document: KnownFields = {
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

const pathItem: KnownFields = known("parameters", "summary", "description", "servers", ...Object.keys(methodFields));

const operation: KnownFields = known(
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

const integration: KnownFields = {
  ...known(
    "type",
    "httpMethod",
    "uri",
    "timeoutInMillis",
    "passthroughBehavior",
    "contentHandling",
    "requestParameters",
    "requestTemplates",
    "responses",
  ),
  // Only selects where cached responses are stored; stages with a cache are rejected.
  ...known("cacheNamespace"),
  cacheKeyParameters: unset("caches responses, which is not done locally"),
  connectionType: (value) =>
    value === "INTERNET" ? undefined : "is a VPC link, which leads into a network that does not exist locally",
  credentials: unset("invokes the function as a role, whose policies are not evaluated locally"),
  responseTransferMode: (value) => (value === "BUFFERED" ? undefined : "streams, which is not done locally"),
};

const validator: KnownFields = known("validateRequestBody", "validateRequestParameters");

/** Extensions that repeat an argument of the API. */
const repeated: Readonly<Record<string, string>> = {
  "x-amazon-apigateway-endpoint-access-mode": "endpointAccessMode",
  "x-amazon-apigateway-security-policy": "securityPolicy",
};

/**
 * @param inputs the API's arguments
 * @throws Unenforceable naming the field and where it is: one that is unknown, or differs from the argument it repeats
 */
function checkDocument(api: OpenApiDocument, { urn, inputs }: Pick<Resource, "urn" | "inputs">): void {
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
