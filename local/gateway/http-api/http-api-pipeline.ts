// The phases of a request to an HTTP API, in API Gateway's order.

import { randomId, shortRequestId } from "../../base/random-id";
import type { ApiLog } from "../request/api-log";
import { type ApiIdentity, type ApiRequest, type Caller, methodArn } from "../../server/api-request";
import { endedAt } from "../../server/call-trace";
import { completeTrace, domainName, type Exchange, traceIdOf } from "../request/exchange";
import type { HttpRequest, HttpResponse } from "../../server/http-message";
import { beyondLimits, malformedTarget, methodArnLimit, overLimit } from "../../server/limits";
import { hostOf, parseTarget, withoutPrefix } from "../../server/request-target";
import {
  statusResponse,
  errorResponse,
  httpApiError,
  type HttpApiError,
  asHttpApiResponse,
} from "../responses/http-api-responses";
import type { Cors } from "./cors";
import type { HttpApiThrottle } from "../usage/http-api-throttle";
import type { HttpRouter } from "../request/routing";

/** A compiled route. */
export interface HttpApiRoute {
  readonly method: string;
  readonly path: string;
  /** For example `POST /models`, or `$default`. */
  readonly routeKey: string;
  readonly auth: string;
  authorize(exchange: Exchange): Promise<Caller | HttpApiError>;
  integrate(exchange: Exchange): Promise<HttpResponse | HttpApiError>;
}

export interface HttpApiPipeline {
  readonly api: ApiIdentity;
  /** Base path on the default endpoint: `/dev`, or empty for the stage `$default`. */
  readonly basePath: string;
  readonly router: HttpRouter<HttpApiRoute>;
  readonly throttle: HttpApiThrottle;
  readonly cors: Cors | undefined;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** The default endpoint is disabled and responds with 404. */
  readonly closed: boolean;
  readonly log: ApiLog;
}

type Result = HttpResponse | HttpApiError;

/**
 * Lets a request go on to the next phase (`undefined`), or ends it with the integration's response or an error.
 * @param route of the request; absent only in the phases before it is required
 */
type Phase = (
  pipeline: HttpApiPipeline,
  exchange: Exchange,
  route?: HttpApiRoute,
) => Promise<Result | undefined> | Result | undefined;

const phases: readonly Phase[] = [
  // A route that has OPTIONS comes first, with its authorizer: one with ANY, or the default route, refuses a preflight
  // without credentials (http-api-cors: "configure an OPTIONS /{proxy+} route without authorization").
  function corsPreflight({ cors }, { request }, route) {
    return route ? undefined : cors?.preflight(request);
  },
  function routeSelection(_, __, route) {
    return route ? undefined : noRoute;
  },
  async function authorization(_, exchange, route) {
    const caller = await route!.authorize(exchange);
    if (isHttpApiError(caller)) return caller;
    exchange.caller = caller;
    return undefined;
  },
  function throttling({ throttle }, _, route) {
    return throttle.allows(route!.routeKey) ? undefined : throttled;
  },
  function integration(_, exchange, route) {
    return route!.integrate(exchange);
  },
];

const noRoute = httpApiError(404, "RESOURCE_NOT_FOUND", "no route has this method and path");
const throttled = httpApiError(429, "THROTTLED", "the route's or the account's throttle");

/** The response of the first phase that ends the request. */
async function evaluated(pipeline: HttpApiPipeline, exchange: Exchange, route?: HttpApiRoute): Promise<HttpResponse> {
  const { requestId } = exchange.request;
  const result = await resultOf(pipeline, exchange, route);
  let response: HttpResponse;
  if (isHttpApiError(result)) {
    exchange.gatewayResponse = result;
    pipeline.log.error(requestId, result.reason);
    response = errorResponse(result);
  } else response = result;
  response = { ...response, headers: [...response.headers, ["apigw-requestid", requestId]] };
  return pipeline.cors?.onto(response, exchange.request) ?? response;
}

async function resultOf(pipeline: HttpApiPipeline, exchange: Exchange, route?: HttpApiRoute): Promise<Result> {
  try {
    for (const phase of phases) {
      const result = await phase(pipeline, exchange, route);
      exchange.trace?.met(phase.name);
      if (result !== undefined) return result;
    }
    return httpApiError(500, "DEFAULT_5XX", "no phase has responded");
  } catch (problem) {
    // A defect of the gateway must deny the request, not let it through, and must not stop the server.
    return httpApiError(500, "DEFAULT_5XX", `the gateway failed: ${String(problem)}`);
  }
}

function isHttpApiError(result: HttpResponse | Caller | HttpApiError): result is HttpApiError {
  return "type" in result && "reason" in result;
}

/**
 * Whether the Host header names the default endpoint: as this machine's, or as AWS's. AWS finds the API by this name, so
 * that another one reaches no API (strict reading: no answer is recorded); a custom domain checks its own.
 */
function isOwnHost(api: ApiIdentity, received: HttpRequest): boolean {
  return ["localhost", "127.0.0.1", "[::1]", domainName({ api })].includes(hostOf(received) ?? "");
}

/** What comes before the phases: size limits, endpoint and stage, to which none of the API's settings apply. */
export async function handle(pipeline: HttpApiPipeline, received: HttpRequest): Promise<HttpResponse> {
  const beyond = beyondLimits(received);
  if (beyond) return endedAt("endpoint", received, overLimit, asHttpApiResponse(beyond));
  const target = parseTarget(received.url);
  if (!target) return endedAt("endpoint", received, malformedTarget, statusResponse(400));
  const { domain } = received;
  // "You receive … 404 Not Found for HTTP APIs" (https://repost.aws/knowledge-center/api-gateway-disable-endpoint).
  if (!domain && pipeline.closed)
    return endedAt("endpoint", received, "the default endpoint is disabled", statusResponse(404));
  if (!domain && !isOwnHost(pipeline.api, received))
    return endedAt("endpoint", received, "Host is not the default endpoint's name", statusResponse(403));
  const path = withoutPrefix(target.path, domain?.basePath ?? pipeline.basePath);
  // Another stage counts as another API: this one's settings, such as CORS, do not apply.
  if (path === undefined) return endedAt("endpoint", received, "the path is not of this stage", statusResponse(404));
  const { method, headers, body, sourceIp, receivedAt, clientCert } = received;
  const match = pipeline.router.match(method, path);
  const requestId = shortRequestId();
  const request: ApiRequest = {
    api: pipeline.api,
    requestId,
    method,
    path,
    stagePath: target.path,
    resource: match?.route.path ?? "",
    pathParameters: match?.pathParameters ?? {},
    rawQuery: target.rawQuery,
    headers,
    body,
    sourceIp,
    receivedAt,
    domain,
    clientCert,
  };
  if (methodArn(request).length > methodArnLimit)
    return endedAt("endpoint", received, "the ARN of the method is too long", statusResponse(414));
  const exchange: Exchange = {
    request,
    routeKey: match?.route.routeKey,
    resourceId: "",
    // "Equivalent to $context.requestId" (http-api-logging-variables).
    extendedRequestId: requestId,
    protocol: received.protocol,
    deploymentId: "",
    stageVariables: pipeline.stageVariables,
    traceId: traceIdOf(request, randomId(12, "hex")),
    trace: received.trace,
  };
  const started = performance.now();
  const response = await evaluated(pipeline, exchange, match?.route);
  completeTrace(exchange);
  pipeline.log.answered(exchange, response, started);
  return response;
}
