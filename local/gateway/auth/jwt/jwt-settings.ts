// The settings of a JWT authorizer: `x-amazon-apigateway-authorizer` of type jwt, parsed strictly.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import type { OpenApiSecurityScheme } from "../../../../graph/openapi";
import { Unenforceable } from "../../../base/unenforceable";

export interface JwtSettings {
  /** Must equal the `iss` claim exactly. */
  readonly issuer: string;
  /** A token's `aud` (or `client_id`, if it has no `aud`) must contain one of them. */
  readonly audiences: readonly string[];
  readonly source: { readonly location: "header" | "querystring"; readonly name: string };
}

const properties = new Set(["type", "jwtConfiguration", "identitySource"]);
const configurationProperties = new Set(["issuer", "audience"]);

/** @throws Unenforceable for any setting that is not supported */
export function jwtSettings(name: string, scheme: OpenApiSecurityScheme): JwtSettings {
  const fail = (why: string): never => {
    throw new Unenforceable(`securitySchemes.${name}.x-amazon-apigateway-authorizer`, why);
  };
  const declared = scheme["x-amazon-apigateway-authorizer"] ?? {};
  for (const property of Object.keys(declared))
    if (!properties.has(property)) fail(`${property} cannot be enforced locally`);
  if (declared["type"] !== "jwt") fail("type is neither jwt nor request");
  const configuration = (declared["jwtConfiguration"] ?? {}) as Record<string, unknown>;
  for (const property of Object.keys(configuration))
    if (!configurationProperties.has(property)) fail(`jwtConfiguration.${property} is not known`);
  const { issuer, audience } = configuration;
  if (typeof issuer !== "string" || !/^https:\/\/[^\s?#]+$/.test(issuer))
    return fail("jwtConfiguration.issuer is not an https URL");
  if (!Array.isArray(audience) || audience.length === 0 || !audience.every((one) => typeof one === "string" && one))
    return fail("jwtConfiguration.audience is not a list of audiences: every token of the issuer would do");
  const source = declared["identitySource"];
  const [, location, field] = /^\$request\.(header|querystring)\.([\w-]+)$/.exec(String(source)) ?? [];
  if (!location || !field) return fail("identitySource is not a header or query parameter of the request");
  return {
    issuer,
    audiences: audience as string[],
    source: { location: location as "header" | "querystring", name: field },
  };
}
