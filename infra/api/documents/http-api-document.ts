// An HTTP API as one OpenAPI document with AWS's extensions: routes, authorization, integrations, CORS. Pure. The
// counterpart of `api-document.ts`: HTTP APIs support JWT authorizers and CORS natively, but neither API keys nor
// gateway responses.

import { exposedHeaders, originsOf, scope } from "../../../contract";
import { invocationUri, timeoutMs } from "./rest-api-document";
import { parameters, type Route, routes } from "./routes";
import { requestHeaders } from "./gateway-responses";

/** Who may call. `none` is only for the explicit setting `openToAnyone`. */
export type HttpAuthorization =
  | { readonly kind: "jwt"; readonly issuer: string; readonly audience: string }
  | { readonly kind: "iam" }
  | { readonly kind: "none" };

export interface HttpApiDocumentArgs {
  readonly title: string;
  /** The plain route, for example `/models`. */
  readonly plainPath: string;
  readonly region: string;
  readonly partition: string;
  /** ARN of the model function's alias. */
  readonly functionArn: string;
  readonly authorization: HttpAuthorization;
  /** The only origins that browsers may call from, separated by commas; `*` for any, empty for none. */
  readonly corsOrigin: string;
  /** The API's own domain, which disables the default endpoint; absent: the default endpoint is used. */
  readonly domain?: string;
}

/** Version of the document and of the API, because an import copies it into the API. */
export const documentVersion = "1";

/** Builds the document. The same arguments give the same text: properties have a fixed order. */
export function httpApiDocument(args: HttpApiDocumentArgs): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes(args.plainPath)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, args) };
  }
  const cors = corsConfiguration(args.corsOrigin);
  return {
    openapi: "3.0.1",
    info: { title: args.title, version: documentVersion },
    // An import resets what the document does not mention: without this, a change of the document would enable the
    // default endpoint again, and with it a way around mutual TLS.
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html
    ...(args.domain === undefined
      ? {}
      : {
          servers: [
            {
              url: `https://${args.domain}`,
              "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
            },
          ],
        }),
    paths,
    components: { securitySchemes: securitySchemes(args.authorization) },
    ...(cors === undefined ? {} : { "x-amazon-apigateway-cors": cors }),
  };
}

export interface CorsConfiguration {
  readonly allowOrigins: string[];
  readonly allowMethods: string[];
  readonly allowHeaders: string[];
  readonly exposeHeaders: string[];
  /** Seconds that a browser may cache the answer to a preflight. */
  readonly maxAge: number;
  readonly allowCredentials: boolean;
}

/**
 * CORS configuration for the origin; `undefined`: none. It is set both in the document and as an argument of the API,
 * because the provider deletes a configuration that is only in the document.
 * Source: hashicorp/terraform-provider-aws, internal/service/apigatewayv2/api.go (reimportOpenAPIDefinition)
 */
export function corsConfiguration(corsOrigin: string): CorsConfiguration | undefined {
  if (corsOrigin === "") return undefined;
  return {
    allowOrigins: originsOf(corsOrigin),
    allowMethods: ["GET", "POST", "OPTIONS"],
    allowHeaders: requestHeaders.map((name) => name.toLowerCase()),
    exposeHeaders: exposedHeaders.map((name) => name.toLowerCase()),
    maxAge: 7200,
    allowCredentials: false,
  };
}

function operation(route: Route, args: HttpApiDocumentArgs): object {
  return {
    summary: route.summary,
    parameters: parameters(route.path),
    responses: { default: { description: "Answered by the model function" } },
    security: security(args.authorization),
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: invocationUri(args, args.functionArn),
      connectionType: "INTERNET",
      payloadFormatVersion: "2.0",
      timeoutInMillis: timeoutMs,
    },
  };
}

/** Security requirement of every route. */
function security({ kind }: HttpAuthorization): Record<string, string[]>[] {
  if (kind === "none") return [];
  return [{ [kind]: kind === "jwt" ? [scope] : [] }];
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html */
function securitySchemes(authorization: HttpAuthorization): Record<string, object> {
  switch (authorization.kind) {
    case "none":
      return {};
    case "iam":
      return {
        iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
      };
    case "jwt":
      return {
        jwt: {
          type: "oauth2",
          flows: {},
          "x-amazon-apigateway-authorizer": {
            type: "jwt",
            identitySource: "$request.header.Authorization",
            jwtConfiguration: { issuer: authorization.issuer, audience: [authorization.audience] },
          },
        },
      };
  }
}

/**
 * Format of an access log line, as for REST APIs: no header, query string or credential, nothing that a caller can
 * choose freely.
 */
export const httpAccessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  time: "$context.requestTime",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  responseBytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  integrationStatus: "$context.integration.status",
  integrationLatencyMs: "$context.integration.latency",
  userArn: "$context.identity.userArn",
  subject: "$context.authorizer.claims.sub",
  client: "$context.authorizer.claims.azp",
  certificate: "$context.identity.clientCert.serialNumber",
  authorizerError: "$context.authorizer.error",
  responseType: "$context.error.responseType",
  error: "$context.error.message",
});
