// The settings of an HTTP API's Lambda authorizer: `x-amazon-apigateway-authorizer` of type request, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html

import { functionOfUri } from "../../../graph/function-ref";
import type { OpenApiSecurityScheme } from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";
import { parseQuery } from "../../server/request-target";
import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";

export interface HttpAuthorizerSettings {
  /** The scheme's name in the document. */
  readonly name: string;
  /** ARN of the function to invoke, with or without a qualifier. */
  readonly functionArn: string;
  /** Of the event, and of what the function may return. */
  readonly payloadFormatVersion: "1.0" | "2.0";
  /** The function returns `{ isAuthorized }` instead of a policy. */
  readonly simpleResponses: boolean;
  /** All must be present and not blank; empty: the function is invoked for every request. */
  readonly sources: readonly IdentitySource[];
  /** How long a response is cached, in seconds; 0: not at all. */
  readonly ttlSeconds: number;
}

/** Where a request contains the credential. @returns all its values */
export type IdentitySource = (exchange: Exchange) => readonly string[];

const properties = new Set([
  "type",
  "authorizerUri",
  "authorizerPayloadFormatVersion",
  "authorizerResultTtlInSeconds",
  "enableSimpleResponses",
  "identitySource",
]);

/** @throws Unenforceable for any setting that is not supported */
export function httpAuthorizerSettings(name: string, scheme: OpenApiSecurityScheme): HttpAuthorizerSettings {
  const fail = (why: string): never => {
    throw new Unenforceable(`securitySchemes.${name}.x-amazon-apigateway-authorizer`, why);
  };
  const declared = scheme["x-amazon-apigateway-authorizer"] ?? {};
  for (const property of Object.keys(declared))
    // This includes authorizerCredentials: the role's policies would have to be evaluated for the invocation.
    if (!properties.has(property)) fail(`${property} cannot be enforced locally`);
  if (scheme.type !== "apiKey") fail("its scheme is not of type apiKey, as AWS's extensions ask");
  const { authorizerUri, authorizerPayloadFormatVersion: version, enableSimpleResponses: simple = false } = declared;
  const functionArn =
    functionOfUri(String(authorizerUri))?.arn ?? fail("authorizerUri is not an invocation of a Lambda function");
  if (version !== "1.0" && version !== "2.0") return fail("authorizerPayloadFormatVersion is neither 1.0 nor 2.0");
  if (typeof simple !== "boolean") return fail("enableSimpleResponses is not a boolean");
  if (simple && version === "1.0") fail("enableSimpleResponses needs authorizerPayloadFormatVersion 2.0");
  const { identitySource = "", authorizerResultTtlInSeconds: ttlSeconds } = declared;
  // AWS's page says that nothing is cached without it, the Terraform provider that the default is 300.
  if (ttlSeconds === undefined) return fail("authorizerResultTtlInSeconds is not set: set it, to 0 for no cache");
  if (typeof ttlSeconds !== "number" || !Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > 3600)
    return fail("authorizerResultTtlInSeconds is not within 0 to 3600");
  if (typeof identitySource !== "string") return fail("identitySource is not a string");
  const expressions = identitySource.split(",").map((text) => text.trim());
  const sources = expressions
    .filter((text) => text !== "")
    .map((text) => sourceOf(text) ?? fail(`identitySource ${text} cannot be read`));
  // "Identity source must be set if authorizer caching is enabled" (hashicorp/terraform-provider-aws#32629).
  if (sources.length === 0 && ttlSeconds > 0) fail("without identitySource a response cannot be cached");
  return { name, functionArn, payloadFormatVersion: version, simpleResponses: simple, sources, ttlSeconds };
}

/** The variables of the request context that are known before the caller is. */
const contextNames = new Set([
  ...["accountId", "apiId", "domainName", "domainPrefix", "httpMethod", "identity.sourceIp", "identity.userAgent"],
  ...["path", "protocol", "requestId", "routeKey", "stage"],
]);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.identity-sources */
function sourceOf(text: string): IdentitySource | undefined {
  const [, location, name = ""] =
    /^\$(request\.header|request\.querystring|context|stageVariables)\.([\w.-]+)$/.exec(text) ?? [];
  switch (location) {
    case "request.header":
      return ({ request }) =>
        request.headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
    case "request.querystring":
      return ({ request }) =>
        parseQuery(request.rawQuery)
          .filter(([sent]) => sent === name)
          .map(([, value]) => value);
    case "stageVariables":
      return ({ stageVariables }) =>
        present(Object.hasOwn(stageVariables ?? {}, name) ? stageVariables![name] : undefined);
    case "context": {
      const read = contextNames.has(name) ? contextVariable(name) : undefined;
      return read && ((exchange) => present(read(exchange)));
    }
    default:
      return undefined;
  }
}

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

/** The values of all sources; `undefined` if one is absent or blank. */
export function identityIn(exchange: Exchange, sources: readonly IdentitySource[]): string[][] | undefined {
  const values = sources.map((source) => [...source(exchange)]);
  return values.every((found) => found.some((value) => value.trim() !== "")) ? values : undefined;
}
