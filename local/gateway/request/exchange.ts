// One request and what is known of it so far, from which the response, the event and the access log are made.

import { dnsSuffix } from "../../../contract";
import { type ApiRequest, type Caller, header } from "../../server/api-request";
import type { CallTrace } from "../../server/call-trace";

export interface Exchange {
  readonly request: ApiRequest;
  /** HTTP API: method and template of the route, or `$default`; absent if no route matched. */
  readonly routeKey?: string;
  /** Six characters, the same for every request of a path; empty if no route matched. */
  readonly resourceId: string;
  /** A REST API sends it as `x-amz-apigw-id`. */
  readonly extendedRequestId: string;
  readonly protocol: string;
  readonly deploymentId: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** `Root=1-…`; the caller's own if it sent a well-formed one. */
  readonly traceId: string;
  /** Absent: nobody watches. */
  readonly trace?: CallTrace;
  caller?: Caller;
  /** Id and value of the API key that was accepted. */
  apiKey?: { readonly id?: string; readonly value?: string };
  gatewayResponse?: GatewayResponse;
  integration?: { status?: number; latencyMs?: number; requestId?: string; error?: string };
}

/** The gateway's own response, in place of the integration's: to a denied or failed request. */
export interface GatewayResponse {
  readonly type: GatewayResponseType | "DEFAULT_4XX" | "DEFAULT_5XX";
  /** `$context.error.message`; `null` if API Gateway has none. */
  readonly message: string | null;
  /** Status, if it differs from the type's default. */
  readonly status?: number;
  /** `x-amzn-ErrorType`, if it differs from the type's default. */
  readonly errorType?: string;
  /** No setting of the API document applies. */
  readonly fixed?: true;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
  /** `$context.authorizer.error`: the authorizer's error. */
  readonly authorizerError?: string;
  /** Which check failed: for the operator's log only, never for the caller. Contains no credential. */
  readonly reason: string;
}

export function isGatewayResponse<Result extends object>(result: Result): result is Extract<Result, GatewayResponse> {
  return "type" in result && "reason" in result;
}

/** Completes the call's trace, if somebody watches, by what is known at its end. */
export function completeTrace(exchange: Exchange): void {
  const { trace, request, traceId, routeKey, apiKey, gatewayResponse, integration } = exchange;
  if (trace === undefined) return;
  trace.known = {
    requestId: request.requestId,
    traceId,
    route: routeKey ?? (request.resource === "" ? undefined : request.resource),
    apiKeyId: apiKey?.id,
    responseType: gatewayResponse?.type,
    reason: gatewayResponse?.reason,
    integrationMs: integration?.latencyMs,
  };
}

/** The response, for the access log. */
export interface LoggedResponse {
  readonly status: number;
  /** Size of the body in bytes. */
  readonly responseLength: number;
  readonly latencyMs: number;
}

/**
 * The custom domain of the request, or the default endpoint's name on AWS. Never the Host header: callers control it.
 */
export function domainName(request: Pick<ApiRequest, "api" | "domain">): string {
  if (request.domain) return request.domain.name;
  return `${request.api.id}.execute-api.${request.api.region}.${dnsSuffix(request.api.region)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

let lastSecond = -1;
let lastText = "";

/**
 * Time in Common Log Format, as in `requestContext.requestTime` and access logs: `09/Apr/2015:12:34:56 +0000`.
 * @param epochMs milliseconds since the epoch
 */
export function clfTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  // Cached: under load many requests share the same second.
  if (second !== lastSecond) {
    const time = new Date(second * 1000);
    const [day, hours, minutes, seconds] = [
      time.getUTCDate(),
      time.getUTCHours(),
      time.getUTCMinutes(),
      time.getUTCSeconds(),
    ].map((part) => String(part).padStart(2, "0"));
    lastText = `${day}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${hours}:${minutes}:${seconds} +0000`;
    lastSecond = second;
  }
  return lastText;
}

/**
 * The X-Ray trace id of a request: `Root=1-…`; the caller's own if it sent a well-formed one, so that its trace
 * includes this request.
 */
export function traceIdOf(request: Pick<ApiRequest, "headers" | "receivedAt">, random: string): string {
  const sent = header(request, "x-amzn-trace-id");
  if (sent !== undefined && /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;[A-Za-z]+=[\w:.-]+){0,4}$/.test(sent)) return sent;
  const seconds = Math.floor(request.receivedAt / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${random}`;
}

/**
 * Gateway response types of a REST API, each with its default status and error type; the API document can override
 * them.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const gatewayResponseTypes = {
  ACCESS_DENIED: { status: 403, errorType: "AccessDeniedException" },
  API_CONFIGURATION_ERROR: { status: 500, errorType: "ApiConfigurationException" },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, errorType: "AuthorizerConfigurationException" },
  AUTHORIZER_FAILURE: { status: 500, errorType: "AuthorizerFailureException" },
  BAD_REQUEST_BODY: { status: 400, errorType: "BadRequestException" },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: "BadRequestException" },
  EXPIRED_TOKEN: { status: 403, errorType: "ExpiredTokenException" },
  INTEGRATION_FAILURE: { status: 504, errorType: "InternalServerErrorException" },
  INTEGRATION_TIMEOUT: { status: 504, errorType: "InternalServerErrorException" },
  INVALID_API_KEY: { status: 403, errorType: "ForbiddenException" },
  INVALID_SIGNATURE: { status: 403, errorType: "InvalidSignatureException" },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, errorType: "MissingAuthenticationTokenException" },
  QUOTA_EXCEEDED: { status: 429, errorType: "LimitExceededException" },
  // koki-develop/lgtm-generator#10, aws/aws-sdk-java-v2#3188: no types of their own.
  REQUEST_TOO_LARGE: { status: 413, errorType: "BadRequestException" },
  RESOURCE_NOT_FOUND: { status: 404, errorType: "NotFoundException" },
  THROTTLED: { status: 429, errorType: "TooManyRequestsException" },
  UNAUTHORIZED: { status: 401, errorType: "UnauthorizedException" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorType: "BadRequestException" },
  WAF_FILTERED: { status: 403, errorType: "ForbiddenException" },
} as const;

export type GatewayResponseType = keyof typeof gatewayResponseTypes;
