// Request validators: which parameters an operation requires, and which bodies its models take.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html

import { type ApiRequest, header } from "../../server/api-request";
import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from "../../../graph/openapi";
import type { GatewayResponse } from "../request/exchange";
import { parseRestQuery } from "../../server/request-target";
import { Unenforceable } from "../../base/unenforceable";
import { compileModels } from "./request-model";

export type Validate = (request: ApiRequest) => GatewayResponse | undefined;

const passes: Validate = () => undefined;

/**
 * @param shared parameters of the path item; the operation's own take precedence
 * @param where names the operation in error messages
 * @throws Unenforceable for an unknown validator, and for a parameter or model that cannot be validated
 */
export function compileValidation(
  document: OpenApiDocument,
  operation: OpenApiOperation,
  shared: readonly OpenApiParameter[],
  where: string,
): Validate {
  const name = operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"];
  if (name === undefined) return passes;
  const validator = document["x-amazon-apigateway-request-validators"]?.[name];
  if (!validator) throw new Unenforceable(where, `names a request validator that the document lacks: ${name}`);
  const required = validator.validateRequestParameters
    ? requiredParameters([...(operation.parameters ?? []), ...shared], where)
    : none;
  const takesBody = validator.validateRequestBody ? compileModels(operation, document, where) : undefined;
  // The parameters come first (recorded on AWS: LocalStack, test_api_gateway_request_validator).
  return (request) => missing(request, required) ?? (takesBody?.(request) === false ? invalidBody : undefined);
}

const invalidBody: GatewayResponse = {
  type: "BAD_REQUEST_BODY",
  message: "Invalid request body",
  reason: "the operation's model does not take the body",
};

type Required = Readonly<Record<"header" | "path" | "query", readonly string[]>>;

const none: Required = { header: [], path: [], query: [] };

function requiredParameters(parameters: readonly OpenApiParameter[], where: string): Required {
  const required = { header: [] as string[], path: [] as string[], query: [] as string[] };
  const seen = new Set<string>();
  for (const parameter of parameters) {
    if ("$ref" in parameter) throw new Unenforceable(where, "has a parameter by reference");
    const key = `${parameter.in} ${parameter.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!parameter.required) continue;
    if (parameter.in !== "header" && parameter.in !== "path" && parameter.in !== "query")
      throw new Unenforceable(where, `requires a parameter in ${parameter.in}, which API Gateway does not validate`);
    required[parameter.in].push(parameter.name);
  }
  return required;
}

function missing(request: ApiRequest, required: Required): GatewayResponse | undefined {
  const query = required.query.length === 0 ? [] : parseRestQuery(request.rawQuery);
  const names = [
    // In this order (recorded on AWS: LocalStack, test_api_gateway_request_validator).
    ...required.header.filter((name) => isBlank(header(request, name))),
    // One that the path's template lacks is never there.
    ...required.path.filter((name) => !Object.hasOwn(request.pathParameters, name)),
    // Names of query parameters are case-sensitive; header names are not.
    ...required.query.filter((name) => !query.some(([key, value]) => key === name && !isBlank(value))),
  ];
  if (names.length === 0) return undefined;
  const list = `[${names.join(", ")}]`;
  return {
    type: "BAD_REQUEST_PARAMETERS",
    message: `Missing required request parameters: ${list}`,
    validationError: `Missing required request parameters: ${list}`,
    reason: `missing required request parameters ${list}`,
  };
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === "";
}
