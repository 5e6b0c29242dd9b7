// Determines the authorization of a method from the API document alone. What is not supported stops the start.

import type { Graph } from "../../../graph/resource";
import type { Functions } from "../../functions/environments/invocation";
import type { Identities } from "../../iam/identities";
import { type ApiRequest, type Caller } from "../../server/api-request";
import type { OpenApiDocument, OpenApiOperation } from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";
import { LambdaAuthorizer } from "../auth/lambda/lambda-authorizer";
import { authorizerSettings } from "../auth/lambda/authorizer-settings";
import { CognitoAuthorizer, poolSettings } from "../auth/cognito-authorizer";
import { authorizeByIam } from "../auth/iam-access";
import { deniedByPolicy, type ResourcePolicy, resourcePolicyOf } from "../auth/resource-policy";
import { type NamedScheme, securityOf } from "../auth/security-requirement";
import { type Exchange, type GatewayResponse, isGatewayResponse } from "../request/exchange";

export interface MethodAuthorization {
  /** `NONE`, `AWS_IAM`, `COGNITO_USER_POOLS` or `CUSTOM`, for listings. */
  readonly auth: string;
  /** Whether an API key is required; it is checked separately: see usage-check.ts. */
  readonly keyRequired: boolean;
  /** The caller, or why the request is denied. @param exchange what else is known of the request */
  authorize(request: ApiRequest, exchange?: Exchange): Promise<Caller | GatewayResponse>;
}

export interface AuthorizationContext {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly identities: Identities;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * The authorization of one method.
 * @throws Unenforceable for what cannot be enforced: unknown schemes, unknown authorizer properties, two authorizers …
 */
export function authorizationOf(
  context: AuthorizationContext,
  operation: OpenApiOperation,
  document: OpenApiDocument,
): MethodAuthorization {
  const { keyRequired, iam, scheme, scopes } = securityOf(operation, document);
  const policy = resourcePolicyOf(document);
  if (iam)
    return {
      auth: "AWS_IAM",
      keyRequired,
      authorize: (request) => authorizeByIam(request, context.identities, context.clock, policy),
    };
  const anyone = () => Promise.resolve({});
  if (!scheme) return { auth: "NONE", keyRequired, authorize: withPolicy(policy, context.clock, anyone) };
  if (scheme.scheme["x-amazon-apigateway-authtype"] === "cognito_user_pools") {
    const authorizer = new CognitoAuthorizer(poolSettings(scheme, context.graph), scopes, context.identities);
    return {
      auth: "COGNITO_USER_POOLS",
      keyRequired,
      authorize: withPolicy(policy, context.clock, (request) => Promise.resolve(authorizer.authorize(request))),
    };
  }
  // A Lambda authorizer decides about scopes itself; those declared here would be silently ignored.
  if (scopes.length > 0) throw new Unenforceable(`securitySchemes.${scheme.name}`, "takes no scopes");
  const authorizer = sharedAuthorizer(context, document, scheme);
  return {
    auth: "CUSTOM",
    keyRequired,
    authorize: unlessDenied(policy, context.clock, (request, exchange) => authorizer.authorize(request, exchange)),
  };
}

/**
 * Adds the API's resource policy to open access or a user pool: besides the authorization, the policy must allow the
 * request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
function withPolicy(
  policy: ResourcePolicy | undefined,
  clock: () => number,
  authorize: MethodAuthorization["authorize"],
): MethodAuthorization["authorize"] {
  if (policy === undefined) return authorize;
  return async (request) => {
    const caller = await authorize(request);
    if (isGatewayResponse(caller)) return caller;
    const decision = policy.decide(request, clock());
    return decision === "allow" ? caller : deniedByPolicy(request, decision);
  };
}

/**
 * Adds the API's resource policy to a Lambda authorizer, which is not invoked for a denied request. On AWS the policy's
 * Allow is enough if the authorizer neither allows nor denies; here it must always allow, which is stricter.
 */
function unlessDenied(
  policy: ResourcePolicy | undefined,
  clock: () => number,
  authorize: MethodAuthorization["authorize"],
): MethodAuthorization["authorize"] {
  if (policy === undefined) return authorize;
  return async (request, exchange) => {
    const decision = policy.decide(request, clock());
    return decision === "explicitDeny" ? deniedByPolicy(request, decision) : authorize(request, exchange);
  };
}

/**
 * As on AWS, all routes that name an authorizer share it and its cache, which is why a cached policy for a single
 * method ARN fails on the next route. Keyed by functions and document, so that two runs share nothing.
 */
const authorizers = new WeakMap<Functions, WeakMap<OpenApiDocument, Map<string, LambdaAuthorizer>>>();

function sharedAuthorizer(
  context: AuthorizationContext,
  document: OpenApiDocument,
  scheme: NamedScheme,
): LambdaAuthorizer {
  const byDocument =
    authorizers.get(context.functions) ?? new WeakMap<OpenApiDocument, Map<string, LambdaAuthorizer>>();
  const byName = byDocument.get(document) ?? new Map<string, LambdaAuthorizer>();
  const authorizer = byName.get(scheme.name) ?? new LambdaAuthorizer(authorizerSettings(scheme), context);
  authorizers.set(context.functions, byDocument.set(document, byName.set(scheme.name, authorizer)));
  return authorizer;
}
