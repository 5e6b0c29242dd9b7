// The API document of an HTTP API: the fields and values that are supported. Any other stops the start.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html

import type { Resource } from "../../../graph/resource";
import { documentOf } from "../request/document";
import { methodFields, type OpenApiDocument } from "../../../graph/openapi";
import { checkFields, type KnownFields, known, knownComponents } from "../request/coverage-rules";

const only = (...values: readonly unknown[]): KnownFields[string] => {
  return (value) => (values.includes(value) ? undefined : `is another than ${values.join(" or ")}`);
};

const document: KnownFields = {
  ...known("openapi", "info", "paths", "security", "servers", "tags", "externalDocs", "x-amazon-apigateway-cors"),
  "x-amazon-apigateway-importexport-version": "known",
  ...knownComponents,
};

const pathItem: KnownFields = known("parameters", "summary", "description", "servers", ...Object.keys(methodFields));

const operation: KnownFields = {
  ...known("operationId", "summary", "description", "tags", "deprecated", "externalDocs", "parameters", "requestBody"),
  ...known("responses", "security", "servers", "isDefaultRoute", "x-amazon-apigateway-auth"),
  ...known("x-amazon-apigateway-integration"),
};

const integration: KnownFields = {
  ...known("httpMethod", "uri", "timeoutInMillis", "description", "passthroughBehavior"),
  type: (value) =>
    String(value).toLowerCase() === "aws_proxy" ? undefined : "is another than aws_proxy, which alone is served",
  connectionType: only("INTERNET"),
  payloadFormatVersion: only("1.0", "2.0"),
};

const endpointConfiguration: KnownFields = known("disableExecuteApiEndpoint");

/** @throws Unenforceable naming the location in the document */
export function httpDocumentOf(api: Resource): OpenApiDocument {
  const found = documentOf(api);
  checkFields(found, document, api.urn);
  for (const configuration of endpointConfigurations(found))
    checkFields(configuration, endpointConfiguration, `${api.urn}: x-amazon-apigateway-endpoint-configuration`);
  for (const [path, item] of Object.entries(found.paths)) {
    checkFields(item, pathItem, `${api.urn}: ${path}`);
    for (const [field, method] of Object.entries(methodFields)) {
      const declared = item[field] as Record<string, unknown> | undefined;
      if (declared === undefined) continue;
      const where = `${api.urn}: ${method} ${path}`;
      checkFields(declared, operation, where);
      // An absent version is rejected too: AWS would use another payload format than the one served here.
      const route = { payloadFormatVersion: undefined, ...(declared["x-amazon-apigateway-integration"] as object) };
      checkFields(route, integration, `${where}: x-amazon-apigateway-integration`);
    }
  }
  return found;
}

function endpointConfigurations({ servers }: OpenApiDocument): Record<string, unknown>[] {
  const listed = Array.isArray(servers) ? (servers as Record<string, unknown>[]) : [];
  return listed
    .map((server) => server["x-amazon-apigateway-endpoint-configuration"])
    .filter((found): found is Record<string, unknown> => typeof found === "object" && found !== null);
}
