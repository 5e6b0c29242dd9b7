// A REST API as one OpenAPI document with AWS's extensions: routes, authorization, validators, integrations and gateway
// responses. Pure. A change of the document triggers a redeployment; the local gateway interprets the same document.

import { gatewayResponses, preflight } from "./gateway-responses";
import { parameters, type Route, routes } from "./routes";

/** Who may call: exactly one of these four. There is deliberately no variant without authorization. */
export type RestAuthorization =
  | { readonly kind: "apiKey" }
  | { readonly kind: "iam" }
  | { readonly kind: "cognito"; readonly userPoolArn: string; readonly scope: string }
  | { readonly kind: "lambda"; readonly authorizerArn: string; readonly cacheSeconds: number };

export interface ApiDocumentArgs {
  readonly title: string;
  /** The plain route, for example `/mymodel`. */
  readonly plainPath: string;
  /** Region of the API. With the function's ARN it makes the integration's URI, known before anything is deployed. */
  readonly region: string;
  readonly partition: string;
  /** ARN of the model function's alias. */
  readonly functionArn: string;
  readonly authorization: RestAuthorization;
  /** Whether an API key is required in addition to the authorization. */
  readonly keyRequired: boolean;
  /** The only origins that browsers may call from, separated by commas; `*` for any, empty for none. */
  readonly corsOrigin: string;
  /** The resource policy; absent: the authorization alone decides who may call. */
  readonly policy?: object;
  /** Minimum TLS version and ciphers of the default endpoint, as API Gateway names them. */
  readonly securityPolicy: string;
  readonly endpointAccessMode: string;
}

/** Integration timeout in milliseconds: the maximum without a raised quota. */
export const timeoutMs = 29_000;

/** Builds the document. The same arguments give the same text: properties have a fixed order. */
export function apiDocument(args: ApiDocumentArgs): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes(args.plainPath)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, args) };
  }
  if (args.corsOrigin !== "") {
    for (const [path, operations] of Object.entries(paths)) {
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      operations.options = { ...preflight(args.corsOrigin, methods), parameters: parameters(path) };
    }
  }
  return {
    openapi: "3.0.1",
    info: { title: args.title, version: "1" },
    paths,
    components: { securitySchemes: securitySchemes(args) },
    "x-amazon-apigateway-request-validators": {
      parameters: { validateRequestParameters: true, validateRequestBody: false },
    },
    "x-amazon-apigateway-request-validator": "parameters",
    // A body may hold binary tensors, and real clients send no content type: every body reaches the function unchanged.
    "x-amazon-apigateway-binary-media-types": ["*/*"],
    "x-amazon-apigateway-api-key-source": "HEADER",
    // Arguments of the API, too; but an import overwrites the API, so that without them each would weaken TLS for a moment.
    "x-amazon-apigateway-security-policy": args.securityPolicy,
    "x-amazon-apigateway-endpoint-access-mode": args.endpointAccessMode,
    "x-amazon-apigateway-gateway-responses": gatewayResponses(args.corsOrigin, args.title),
    ...(args.policy === undefined ? {} : { "x-amazon-apigateway-policy": args.policy }),
  };
}

/**
 * IAM is stated twice, by the scheme and by the operation itself: AWS documents each alone, and no warning for both; a
 * reader that knows only one of them would otherwise take the route for an open one.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-auth.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-errors-warnings.html
 */
function operation(route: Route, args: ApiDocumentArgs): object {
  return {
    summary: route.summary,
    parameters: parameters(route.path),
    responses: { "200": { description: "Answered by the model function" } },
    security: security(args),
    ...(args.authorization.kind === "iam" ? { "x-amazon-apigateway-auth": { type: "AWS_IAM" } } : {}),
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: invocationUri(args, args.functionArn),
      timeoutInMillis: timeoutMs,
    },
  };
}

/**
 * Name of the security scheme for API keys, exactly as AWS documents it. Other names are only reported to work, and if
 * an import did not recognise the scheme, a route that requires nothing else would be open.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-usage-plan-oas.html
 */
const keyScheme = "api_key";

/**
 * Security requirements of every route: the authorization, and the API key if required. Each is an entry of its own.
 * OpenAPI defines entries as alternatives, but API Gateway enforces all of them; AWS SAM joins a key to an authorizer
 * in the same way.
 * Source: https://github.com/aws/serverless-application-model (samtranslator/swagger/swagger.py, ApiKeyRequired)
 */
function security({ authorization, keyRequired }: ApiDocumentArgs): Record<string, string[]>[] {
  const key = { [keyScheme]: [] };
  if (authorization.kind === "apiKey") return [key];
  const scopes = authorization.kind === "cognito" ? [authorization.scope] : [];
  return [{ [authorization.kind]: scopes }, ...(keyRequired ? [key] : [])];
}

function securitySchemes(args: ApiDocumentArgs): Record<string, object> {
  const { authorization } = args;
  const header = { type: "apiKey", name: "Authorization", in: "header" };
  const schemes: Record<string, object> = {};
  if (authorization.kind === "apiKey" || args.keyRequired) {
    schemes[keyScheme] = { type: "apiKey", name: "x-api-key", in: "header" };
  }
  if (authorization.kind === "iam") {
    schemes.iam = { ...header, "x-amazon-apigateway-authtype": "awsSigv4" };
  }
  if (authorization.kind === "cognito") {
    schemes.cognito = {
      ...header,
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [authorization.userPoolArn] },
    };
  }
  if (authorization.kind === "lambda") {
    schemes.lambda = {
      ...header,
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": {
        // The token is read from the scheme's header. `identitySource` is for other types of authorizer; the import
        // would warn about it, and a warning fails the deployment (`failOnWarnings`).
        // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
        type: "token",
        // Rejects malformed tokens before the function is invoked and billed: three base64url parts, at most 9 KB in
        // all.
        identityValidationExpression:
          "^[Bb]earer [A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,1024}$",
        authorizerUri: invocationUri(args, authorization.authorizerArn),
        authorizerResultTtlInSeconds: authorization.cacheSeconds,
      },
    };
  }
  return schemes;
}

/** URI by which API Gateway invokes a function: composed from names, so that it is known before deployment. */
export function invocationUri(
  { partition, region }: Pick<ApiDocumentArgs, "partition" | "region">,
  functionArn: string,
): string {
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
