// An HTTP API's Lambda authorizer, as on AWS: not invoked without its identity sources; a cached policy is evaluated for
// each request, a cached simple response holds for every route that uses the authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html

import { isRecord } from "../../base/record";
import { decide } from "../../iam/decision";
import type { Policy } from "../../iam/policy";
import type { Caller } from "../../server/api-request";
import { authorizerResponseOf, cacheKey, ResponseCache } from "../auth/lambda/authorizer-response";
import { type AuthorizerContext, mayInvokeAuthorizer } from "../auth/lambda/lambda-authorizer";
import { invokeAction, keysOf, resourcesOf } from "../auth/request-context";
import type { Exchange } from "../request/exchange";
import { httpApiError, type HttpApiError } from "../responses/http-api-responses";
import { httpAuthorizerEvent, httpAuthorizerEventV1 } from "./http-api-authorizer-event";
import { type HttpAuthorizerSettings, identityIn } from "./http-api-authorizer-settings";

/** Milliseconds that the gateway waits for an authorizer. Source: HTTP API quotas, "Lambda authorizer timeout". */
const timeoutMs = 10_000;

interface ReadResponse {
  /** Whether everything is authorized, or the policy; `undefined`: one that cannot be evaluated here allows nothing. */
  readonly access: boolean | Policy | undefined;
  /** For the function and the access log. */
  readonly context?: Readonly<Record<string, unknown>>;
}

type Malformed = { readonly malformed: string };

export class HttpApiLambdaAuthorizer {
  private readonly cache: ResponseCache<ReadResponse>;

  constructor(
    private readonly settings: HttpAuthorizerSettings,
    private readonly context: AuthorizerContext,
  ) {
    this.cache = new ResponseCache(settings.ttlSeconds);
  }

  async authorize(exchange: Exchange): Promise<Caller | HttpApiError> {
    const { settings, context } = this;
    const identity = identityIn(exchange, settings.sources);
    if (!identity) return httpApiError(401, "UNAUTHORIZED", "an identity source is absent or blank");
    const key = cacheKey(identity);
    const known = this.cache.get(key, context.clock());
    const response = known ?? (await this.invoke(exchange, identity));
    if ("reason" in response) return response;
    const now = context.clock();
    if (!known) this.cache.put(key, response, now);
    return verdict(exchange, response, now);
  }

  private async invoke(exchange: Exchange, identity: string[][]): Promise<ReadResponse | HttpApiError> {
    const { settings, context } = this;
    const { name, functionArn, payloadFormatVersion } = settings;
    if (!mayInvokeAuthorizer(context.graph, exchange.request.api, name, functionArn))
      return failed("no lambda:Permission lets API Gateway invoke the authorizer");
    const event = (payloadFormatVersion === "1.0" ? httpAuthorizerEventV1 : httpAuthorizerEvent)(exchange, identity);
    const invocation = await context.functions.invoke(functionArn, event, { timeoutMs });
    if (invocation.kind !== "result") return failed(`the authorizer's invocation ended in ${invocation.kind}`);
    const response = settings.simpleResponses
      ? simpleResponse(invocation.payload)
      : policyResponse(invocation.payload, payloadFormatVersion);
    return "malformed" in response ? failed(`the authorizer's answer: ${response.malformed}`) : response;
  }
}

/** `{ isAuthorized, context }`. A text such as "false" is no boolean (measured on AWS: ministackorg/ministack#1370). */
function simpleResponse(payload: unknown): ReadResponse | Malformed {
  if (!isRecord(payload)) return { malformed: "it is not an object" };
  const { isAuthorized, context } = payload;
  if (typeof isAuthorized !== "boolean") return { malformed: "isAuthorized is not a boolean" };
  if (!isAbsent(context) && !isRecord(context)) return { malformed: "context is not an object" };
  return { access: isAuthorized, context: isRecord(context) ? context : undefined };
}

/** A policy. Format 2.0 takes lists and maps in `context`, and hands on every value as it is; 1.0 does as a REST API. */
function policyResponse(payload: unknown, version: "1.0" | "2.0"): ReadResponse | Malformed {
  const context = isRecord(payload) ? payload["context"] : undefined;
  const own = version === "2.0" && isRecord(context);
  const response = authorizerResponseOf(own ? { ...(payload as object), context: undefined } : payload);
  if ("malformed" in response) return response;
  return { access: response.policy, context: own ? context : isAbsent(context) ? undefined : response.context };
}

function verdict(exchange: Exchange, { access, context }: ReadResponse, now: number): Caller | HttpApiError {
  const { request } = exchange;
  const decision =
    typeof access === "object"
      ? decide([access], { action: invokeAction, resources: resourcesOf(request), keys: keysOf(request, now) })
      : access === true
        ? "allow"
        : "implicitDeny";
  if (decision === "allow") return { authorizer: context };
  const why =
    typeof access === "object" ? decision : access === false ? "isAuthorized is false" : "cannot be evaluated";
  return httpApiError(403, "ACCESS_DENIED", `the authorizer's answer: ${why}`);
}

function failed(reason: string): HttpApiError {
  return httpApiError(500, "AUTHORIZER_FAILURE", reason, { authorizerError: reason });
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
