// The settings of a Lambda authorizer: `x-amazon-apigateway-authorizer` of type token or request, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import { functionOfUri } from "../../integration/invoke-permission";
import { Unenforceable } from "../../../base/unenforceable";
import type { NamedScheme } from "../security";
import { type IdentitySource, identitySourcesOf } from "./identity-source";
import { type TokenPattern, tokenPattern } from "./token-pattern";

export interface AuthorizerSettings {
  /** The scheme's name in the document. */
  readonly name: string;
  readonly type: "TOKEN" | "REQUEST";
  /** ARN of the function to invoke, with or without a qualifier. */
  readonly functionArn: string;
  /** All must be present and not blank. A TOKEN authorizer has exactly one. */
  readonly sources: readonly IdentitySource[];
  readonly pattern?: TokenPattern;
  /** How long a policy is cached, in seconds; 0: not at all. */
  readonly ttlSeconds: number;
}

const properties = new Set([
  "type",
  "authorizerUri",
  "identitySource",
  "identityValidationExpression",
  "authorizerResultTtlInSeconds",
]);

/** @throws Unenforceable for any setting that is not supported */
export function authorizerSettings({ name, scheme }: NamedScheme): AuthorizerSettings {
  const fail = (why: string): never => {
    throw new Unenforceable(`securitySchemes.${name}.x-amazon-apigateway-authorizer`, why);
  };
  const declared = scheme["x-amazon-apigateway-authorizer"] ?? {};
  for (const property of Object.keys(declared))
    // This includes authorizerCredentials: the role's policies would have to be evaluated for the invocation.
    if (!properties.has(property)) fail(`${property} cannot be enforced locally`);
  const { type, authorizerUri, identitySource, identityValidationExpression: expression } = declared;
  if (type !== "token" && type !== "request") return fail("type is neither token nor request");
  const functionArn =
    functionOfUri(String(authorizerUri))?.arn ?? fail("authorizerUri is not an invocation of a Lambda function");
  const ttlSeconds = declared["authorizerResultTtlInSeconds"] ?? 300;
  if (typeof ttlSeconds !== "number" || !Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > 3600)
    return fail("authorizerResultTtlInSeconds is not within 0 to 3600");
  if (identitySource !== undefined && typeof identitySource !== "string") return fail("identitySource is not a string");
  const read = (): IdentitySource[] => identitySourcesOf(identitySource ?? "", fail);
  if (type === "request") {
    if (expression !== undefined) fail("identityValidationExpression is of token authorizers");
    const sources = read();
    if (sources.length === 0 && ttlSeconds > 0) fail("without identitySource a policy cannot be cached");
    return { name, type: "REQUEST", functionArn, sources, ttlSeconds };
  }
  if (!scheme.name) fail("a token authorizer's scheme names no header");
  const fromScheme = identitySourcesOf(`method.request.header.${scheme.name}`, fail);
  const sources = identitySource === undefined ? fromScheme : read();
  if (sources.length !== 1 || sources[0]!.text.toLowerCase() !== fromScheme[0]!.text.toLowerCase())
    fail("identitySource is another than the header that the scheme names");
  if (expression !== undefined && typeof expression !== "string")
    return fail("identityValidationExpression is not a string");
  const pattern = expression ? tokenPattern(expression, fail) : undefined;
  return { name, type: "TOKEN", functionArn, sources, pattern, ttlSeconds };
}
