// What an API requires of its callers, as OpenAPI says it, and where it answers.
// Sources: https://spec.openapis.org/oas/v3.1.0#security-scheme-object, https://spec.openapis.org/oas/v3.1.0#server-object

import type { Api } from "../access-matrix/apis";
import type { Endpoint } from "../access-matrix/endpoints";
import type { RouteRequirements } from "../access-matrix/routes";
import { dnsSuffix } from "../contract";
import { regionOf } from "../graph/resource";

type Schemes = Record<string, object>;

/** The security schemes of a route and its requirement: all of them together. */
export function protectionOf(
  { authorization, apiKey }: RouteRequirements,
  endpoints: readonly Endpoint[],
): { readonly schemes: Schemes; readonly security: readonly Record<string, readonly string[]>[] } {
  const schemes: Schemes = {};
  const required: Record<string, readonly string[]> = {};
  if (authorization.kind === "signature") {
    // OpenAPI has no scheme for it; AWS's own exports describe it so.
    schemes["signature"] = {
      type: "apiKey",
      in: "header",
      name: "Authorization",
      "x-amazon-apigateway-authtype": "awsSigv4",
      description: "AWS Signature Version 4 for the service execute-api, by a principal that may invoke the API",
    };
    required["signature"] = [];
  } else if (authorization.kind === "pool") {
    schemes["token"] = {
      type: "http",
      scheme: "bearer",
      bearerFormat: "JWT",
      description: `Access token of the stack's Cognito user pool with the scope ${authorization.scopes.join(" or ")}`,
    };
    required["token"] = [];
  } else if (authorization.kind !== "anyone") {
    const issuer = authorization.tokensOf.issuer.replace(/\/$/, "");
    schemes["token"] = {
      type: "openIdConnect",
      openIdConnectUrl: `${issuer}/.well-known/openid-configuration`,
      description: `Access token for the audience ${authorization.tokensOf.audience.join(" or ")}`,
    };
    required["token"] = authorization.scopes;
  }
  if (apiKey) {
    schemes["apiKey"] = { type: "apiKey", in: "header", name: "x-api-key" };
    required["apiKey"] = [];
  }
  const reachable = endpoints.filter(({ disabled }) => !disabled);
  if (reachable.length > 0 && reachable.every(({ mutualTls }) => mutualTls)) {
    schemes["clientCertificate"] = {
      type: "mutualTLS",
      description: "A certificate of an authority in the truststore",
    };
    required["clientCertificate"] = [];
  }
  return { schemes, security: Object.keys(required).length === 0 ? [] : [required] };
}

/** The addresses at which it answers. A default endpoint's begins with the API's id, which the deployment decides. */
export function serversOf({ arn, endpoints }: Api): object[] {
  const region = regionOf(arn);
  return endpoints
    .filter(({ disabled }) => !disabled)
    .map(({ domain, basePath, mutualTls }) => {
      const notes = mutualTls ? { description: "Asks for a client certificate" } : {};
      if (domain !== undefined) return { url: `https://${domain}${basePath}`, ...notes };
      return {
        url: `https://{apiId}.execute-api.${region}.${dnsSuffix(region)}${basePath}`,
        ...notes,
        variables: {
          apiId: {
            default: "api-id",
            description: "Id of the API: the first label of the URL in `pulumi stack output`",
          },
        },
      };
    });
}
