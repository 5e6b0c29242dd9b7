// One call through an HTTP API: limits → endpoint → preflight → route → authorizer → throttle → integration.

import { randomBytes } from "node:crypto";
import type { ApiLog } from "../request/api-log";
import { type ApiIdentity, type Call, type Caller, methodArn } from "../../server/call";
import { type Exchange, traceIdOf } from "../request/exchange";
import type { FrontRequest, FrontResponse } from "../../server/message";
import { beyondLimits, methodArnLimit } from "../../server/limits";
import { parseTarget, withoutPrefix } from "../../server/request-target";
import { bareAnswer, httpAnswer, httpFault, type HttpFault, reworded } from "../responses/http-api-responses";
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
  authorize(call: Call): Promise<Caller | HttpFault>;
  integrate(exchange: Exchange): Promise<FrontResponse | HttpFault>;
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

export async function handle(pipeline: HttpPipeline, request: FrontRequest): Promise<FrontResponse> {
  const refused = beyondLimits(request);
  if (refused) return reworded(refused);
  const target = parseTarget(request.url);
  if (!target) return bareAnswer(400);
  const { domain } = request;
  // "You receive … 404 Not Found for HTTP APIs" (https://repost.aws/knowledge-center/api-gateway-disable-endpoint).
  if (!domain && pipeline.closed) return bareAnswer(404);
  const path = withoutPrefix(target.path, domain?.basePath ?? pipeline.basePath);
  // Another stage counts as another API: this one's settings, such as CORS, do not apply.
  if (path === undefined) return bareAnswer(404);
  const { method, headers, body, sourceIp, receivedAt, clientCert } = request;
  const match = pipeline.router.match(method, path);
  const call: Call = {
    api: pipeline.api,
    requestId: `${randomBytes(11).toString("base64url").slice(0, 15)}=`,
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
  if (methodArn(call).length > methodArnLimit) return bareAnswer(414);
  const exchange: Exchange = {
    call,
    routeKey: match?.route.routeKey,
    resourceId: "",
    // "Equivalent to $context.requestId" (http-api-logging-variables).
    extendedRequestId: call.requestId,
    protocol: request.protocol,
    deploymentId: "",
    stageVariables: pipeline.stageVariables,
    traceId: traceIdOf(call, randomBytes(12).toString("hex")),
  };
  const started = performance.now();
  const response = await answer(pipeline, exchange, match?.route);
  pipeline.log.answered(exchange, response, started);
  return response;
}

async function answer(
  pipeline: HttpPipeline,
  exchange: Exchange,
  route: HttpRoute | undefined,
): Promise<FrontResponse> {
  const { call } = exchange;
  const { cors } = pipeline;
  const preflight = cors?.preflight(call);
  if (preflight) return identified(preflight, call);
  let outcome: FrontResponse | HttpFault;
  try {
    outcome = route ? await run(pipeline, exchange, route) : noRoute;
  } catch (problem) {
    // A defect of the gateway must deny the call, not let it through, and must not stop the server.
    outcome = httpFault(500, "DEFAULT_5XX", `the gateway failed: ${String(problem)}`);
  }
  if (isFault(outcome)) {
    exchange.fault = outcome;
    pipeline.log.fault(call.requestId, outcome.reason);
    outcome = httpAnswer(outcome);
  }
  const response = identified(outcome, call);
  return cors ? cors.onto(response, call) : response;
}

function identified(response: FrontResponse, { requestId }: Call): FrontResponse {
  return { ...response, headers: [...response.headers, ["apigw-requestid", requestId]] };
}

async function run(
  { throttle }: HttpPipeline,
  exchange: Exchange,
  route: HttpRoute,
): Promise<FrontResponse | HttpFault> {
  const caller = await route.authorize(exchange.call);
  if (isFault(caller)) return caller;
  exchange.caller = caller;
  if (!throttle.admits(route.routeKey)) return throttled;
  return route.integrate(exchange);
}

function isFault(outcome: FrontResponse | Caller | HttpFault): outcome is HttpFault {
  return "type" in outcome && "reason" in outcome;
}

const noRoute = httpFault(404, "RESOURCE_NOT_FOUND", "no route has this method and path");
const throttled = httpFault(429, "THROTTLED", "the route's or the account's throttle");
