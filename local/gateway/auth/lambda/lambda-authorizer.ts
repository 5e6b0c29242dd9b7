// A Lambda authorizer, as on AWS: not invoked without its identity sources; its cached policy is evaluated for each
// call.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html

import type { Graph } from "../../../../graph/resource";
import type { Functions } from "../../../functions/environments/invocation";
import type { ApiRequest, Caller, ApiIdentity } from "../../../server/api-request";
import type { Known } from "../../request/event-request";
import { stageVariablesOf } from "../../request/stage";
import { invokeAction, keysOf, resourcesOf } from "../request-context";
import { decide } from "../../../iam/decision";
import { ResponseCache, cacheKey, type AuthorizerResponse, authorizerResponseOf } from "./authorizer-response";
import { requestEvent, tokenEvent } from "./authorizer-event";
import { type AuthorizerSettings, identityOf } from "./authorizer-settings";
import { hash } from "node:crypto";
import { mayInvoke } from "../../integration/invoke-permission";
import { functionRef } from "../../../../graph/function-ref";
import type { GatewayResponse } from "../../request/exchange";

export interface AuthorizerContext {
  readonly graph: Graph;
  readonly functions: Functions;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Milliseconds that the gateway waits for an authorizer, as for an integration; the function's own limit applies too.
 */
const timeoutMs = 29_000;

export class LambdaAuthorizer {
  private readonly cache: ResponseCache<AuthorizerResponse>;

  constructor(
    private readonly settings: AuthorizerSettings,
    private readonly context: AuthorizerContext,
  ) {
    this.cache = new ResponseCache(settings.ttlSeconds);
  }

  /** Number of cached responses. */
  get kept(): number {
    return this.cache.size;
  }

  /** @param exchange what else is known of the request, for a REQUEST authorizer's event */
  async authorize(request: ApiRequest, exchange: Known = { request }): Promise<Caller | GatewayResponse> {
    const { settings, context } = this;
    const identity = identityOf(request, settings.sources);
    if (!identity) return unauthorized("an identity source is absent or blank");
    const [token = "", ...others] = identity[0] ?? [];
    // With two tokens, the authorizer and the function could each read a different one.
    if (settings.type === "TOKEN" && others.length > 0) return unauthorized("the token is sent more than once");
    const startedAt = context.clock();
    const key = cacheKey(identity);
    // The token of a cached response has matched the pattern before.
    const known = this.cache.get(key, startedAt);
    if (!known && settings.pattern && !settings.pattern.matches(token))
      return unauthorized("the token does not match identityValidationExpression");
    const response = known ?? (await this.invoke(exchange, token));
    if ("type" in response) return response;
    const now = context.clock();
    if (!known) this.cache.put(key, response, now);
    return verdict(request, response, now, known ? 0 : now - startedAt);
  }

  private async invoke(exchange: Known, token: string): Promise<AuthorizerResponse | GatewayResponse> {
    const { settings, context } = this;
    const { request } = exchange;
    if (!mayInvokeAuthorizer(context.graph, request.api, settings.name, settings.functionArn))
      return misconfigured("no lambda:Permission lets API Gateway invoke the authorizer");
    const event =
      settings.type === "TOKEN"
        ? tokenEvent(request, token)
        : requestEvent(exchange, stageVariablesOf(request.api, context.graph));
    const invocation = await context.functions.invoke(settings.functionArn, event, { timeoutMs });
    if (invocation.kind === "error")
      // The exact error message by which an authorizer rejects a caller; any other error is a failure.
      return invocation.errorMessage === "Unauthorized"
        ? unauthorized("the authorizer says Unauthorized")
        : failed("the authorizer threw");
    if (invocation.kind !== "result") return failed(`the authorizer's invocation ended in ${invocation.kind}`);
    const response = authorizerResponseOf(invocation.payload);
    return "malformed" in response ? misconfigured(`the authorizer's answer: ${response.malformed}`) : response;
  }
}

function verdict(
  request: ApiRequest,
  response: AuthorizerResponse,
  now: number,
  integrationLatency: number,
): Caller | GatewayResponse {
  const decision = response.policy
    ? decide([response.policy], { action: invokeAction, resources: resourcesOf(request), keys: keysOf(request, now) })
    : "implicitDeny";
  if (decision !== "allow")
    return {
      type: "ACCESS_DENIED",
      message: `User is not authorized to access this resource${decision === "explicitDeny" ? " with an explicit deny" : ""}`,
      reason: `the authorizer's policy: ${response.policy ? decision : "cannot be evaluated"}`,
    };
  return {
    authorizer: { ...response.context, principalId: response.principalId, integrationLatency },
    usageIdentifierKey: response.usageIdentifierKey,
  };
}

function unauthorized(reason: string): GatewayResponse {
  return { type: "UNAUTHORIZED", message: "Unauthorized", reason };
}

function failed(reason: string): GatewayResponse {
  return { type: "AUTHORIZER_FAILURE", message: null, reason };
}

function misconfigured(reason: string): GatewayResponse {
  return { type: "AUTHORIZER_CONFIGURATION_ERROR", message: null, reason };
}

// Whether API Gateway may invoke an authorizer's function. Without a permission the request fails with 500, as on AWS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

/** Stands in for the authorizer id that API Gateway assigns: six characters, the same in every run. */
function authorizerId(name: string): string {
  const number = parseInt(hash("sha256", name).slice(0, 12), 16);
  return number.toString(36).padStart(6, "0").slice(-6);
}

/** @param name of the authorizer's security scheme */
export function mayInvokeAuthorizer(graph: Graph, api: ApiIdentity, name: string, functionArn: string): boolean {
  const target = functionRef(functionArn);
  const source = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.id}/authorizers/${authorizerId(name)}`;
  return target !== undefined && mayInvoke(graph, target, source);
}
