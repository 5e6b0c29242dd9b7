// The phases of a request to an HTTP API, in API Gateway's order.

import { randomBytes } from "node:crypto";
import type { ApiLog } from "../request/api-log";
import { type ApiIdentity, type Call, type Caller, methodArn } from "../../server/api-request";
import { type Exchange, traceIdOf } from "../request/exchange";
import type { FrontRequest, FrontResponse } from "../../server/http-message";
import { beyondLimits, methodArnLimit } from "../../server/limits";
import { parseTarget, withoutPrefix } from "../../server/request-target";
import { bareAnswer, httpAnswer, httpApiError, type HttpApiError, reworded } from "../responses/http-api-responses";
import type { Cors } from "./cors";
import type { HttpThrottle } from "../usage/http-api-throttle";
import type { HttpRouter } from "../request/routing";

/** A compiled route. */
export interface HttpRoute {
  readonly method: string;
  readonly path: string;
  /** For example `POST /models`, or `$default`. */
  readonly routeKey: string;
  readonly auth: string;
  authorize(call: Call): Promise<Caller | HttpApiError>;
  integrate(exchange: Exchange): Promise<FrontResponse | HttpApiError>;
}

export interface HttpPipeline {
  readonly api: ApiIdentity;
  /** Base path on the default endpoint: `/dev`, or empty for the stage `$default`. */
  readonly basePath: string;
  readonly router: HttpRouter<HttpRoute>;
  readonly throttle: HttpThrottle;
  readonly cors: Cors | undefined;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** The default endpoint is disabled and answers with 404. */
  readonly closed: boolean;
  readonly log: ApiLog;
}

type Result = FrontResponse | HttpApiError;

/**
 * Lets a request go on to the next phase (`undefined`), or ends it with the integration's response or an error.
 * @param route of the request; absent only in the phases before it is required
 */
type Phase = (
  pipeline: HttpPipeline,
  exchange: Exchange,
  route?: HttpRoute,
) => Promise<Result | undefined> | Result | undefined;

/** For a preflight, no route or authorizer is consulted, and its CORS headers are complete. */
const corsPreflight: Phase = ({ cors }, { call }) => cors?.preflight(call);

const phases: readonly Phase[] = [
  corsPreflight,
  function routeSelection(_, __, route) {
    return route ? undefined : noRoute;
  },
  async function authorization(_, exchange, route) {
    const caller = await route!.authorize(exchange.call);
    if (isHttpApiError(caller)) return caller;
    exchange.caller = caller;
    return undefined;
  },
  function throttling({ throttle }, _, route) {
    return throttle.admits(route!.routeKey) ? undefined : throttled;
  },
  function integration(_, exchange, route) {
    return route!.integrate(exchange);
  },
];

const noRoute = httpApiError(404, "RESOURCE_NOT_FOUND", "no route has this method and path");
const throttled = httpApiError(429, "THROTTLED", "the route's or the account's throttle");

/** The response of the first phase that ends the request. */
async function evaluated(pipeline: HttpPipeline, exchange: Exchange, route?: HttpRoute): Promise<FrontResponse> {
  const { requestId } = exchange.call;
  const [result, phase] = await resultOf(pipeline, exchange, route);
  let response: FrontResponse;
  if (isHttpApiError(result)) {
    exchange.gatewayResponse = result;
    pipeline.log.fault(requestId, result.reason);
    response = httpAnswer(result);
  } else response = result;
  response = { ...response, headers: [...response.headers, ["apigw-requestid", requestId]] };
  return pipeline.cors && phase !== corsPreflight ? pipeline.cors.onto(response, exchange.call) : response;
}

async function resultOf(pipeline: HttpPipeline, exchange: Exchange, route?: HttpRoute): Promise<[Result, Phase?]> {
  try {
    for (const phase of phases) {
      const result = await phase(pipeline, exchange, route);
      if (result !== undefined) return [result, phase];
    }
    return [httpApiError(500, "DEFAULT_5XX", "no phase has responded")];
  } catch (problem) {
    // A defect of the gateway must deny the request, not let it through, and must not stop the server.
    return [httpApiError(500, "DEFAULT_5XX", `the gateway failed: ${String(problem)}`)];
  }
}

function isHttpApiError(result: FrontResponse | Caller | HttpApiError): result is HttpApiError {
  return "type" in result && "reason" in result;
}

/** What comes before the phases: size limits, endpoint and stage, to which none of the API's settings apply. */
export async function handle(pipeline: HttpPipeline, received: FrontRequest): Promise<FrontResponse> {
  const overLimit = beyondLimits(received);
  if (overLimit) return reworded(overLimit);
  const target = parseTarget(received.url);
  if (!target) return bareAnswer(400);
  const { domain } = received;
  // "You receive … 404 Not Found for HTTP APIs" (https://repost.aws/knowledge-center/api-gateway-disable-endpoint).
  if (!domain && pipeline.closed) return bareAnswer(404);
  const path = withoutPrefix(target.path, domain?.basePath ?? pipeline.basePath);
  // Another stage counts as another API: this one's settings, such as CORS, do not apply.
  if (path === undefined) return bareAnswer(404);
  const { method, headers, body, sourceIp, receivedAt, clientCert } = received;
  const match = pipeline.router.match(method, path);
  const requestId = `${randomBytes(11).toString("base64url").slice(0, 15)}=`;
  const call: Call = {
    ...{ api: pipeline.api, requestId, method, path, stagePath: target.path },
    resource: match?.route.path ?? "",
    pathParameters: match?.pathParameters ?? {},
    rawQuery: target.rawQuery,
    ...{ headers, body, sourceIp, receivedAt, domain, clientCert },
  };
  if (methodArn(call).length > methodArnLimit) return bareAnswer(414);
  const exchange: Exchange = {
    call,
    routeKey: match?.route.routeKey,
    resourceId: "",
    // "Equivalent to $context.requestId" (http-api-logging-variables).
    extendedRequestId: requestId,
    protocol: received.protocol,
    deploymentId: "",
    stageVariables: pipeline.stageVariables,
    traceId: traceIdOf(call, randomBytes(12).toString("hex")),
  };
  const started = performance.now();
  const response = await evaluated(pipeline, exchange, match?.route);
  pipeline.log.answered(exchange, response, started);
  return response;
}
