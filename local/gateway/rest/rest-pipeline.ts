// One call through a REST API, in API Gateway's order: limits → firewall → route → authorizer → API key, throttles,
// quota → request validation → integration. AWS's execution logs show the middle of it: "Starting authorizer",
// "Verifying Usage Plan", "API Key authorized", "Starting execution"
// (https://repost.aws/knowledge-center/api-gateway-logs). The API key comes after the authorizer because with
// `apiKeySource` AUTHORIZER the authorizer supplies it.

import { randomBytes, randomUUID } from "node:crypto";
import type { ApiLog } from "../request/api-log";
import { type ApiIdentity, type Call, type Caller, isRefusal, methodArn } from "../../server/call";
import { type Exchange, type Fault, traceIdOf, type GatewayRefusal } from "../request/exchange";
import type { Firewall } from "../firewall/web-acl";
import { edgeAnswer, type FrontRequest, type FrontResponse } from "../../server/message";
import { arnTooLong, badRequest, beyondLimits, methodArnLimit } from "../../server/limits";
import type { Refuse } from "../responses/refusals";
import type { Validate } from "./request-validation";
import { parseTarget, withoutPrefix, withoutStage, hostIsServerName } from "../../server/request-target";
import type { Router } from "../request/routing";
import { type Integrate, isFault } from "../integration/lambda-target";

/** A compiled route. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly resourceId: string;
  readonly auth: string;
  readonly keyRequired: boolean;
  authorize(call: Call): Promise<Caller | GatewayRefusal>;
  readonly validate: Validate;
  readonly integrate: Integrate;
}

/** API keys, usage plans, throttles and quotas of a stage. */
export interface Admission {
  admit(
    call: Call,
    route: { readonly method: string; readonly resource: string; readonly keyRequired: boolean },
    caller: Caller,
  ): GatewayRefusal | { readonly apiKeyId?: string; readonly apiKey?: string };
}

export interface Pipeline {
  readonly api: ApiIdentity;
  readonly router: Router<Route>;
  readonly admission: Admission;
  /** The web ACL's check, before everything else; absent if the stage has none. */
  readonly firewall?: Firewall;
  readonly refuse: Refuse;
  readonly deploymentId: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** The default endpoint is disabled and answers with 403. */
  readonly closed: boolean;
  /** Endpoint access mode STRICT: the Host header must equal the SNI name of the TLS handshake. */
  readonly strictHost: boolean;
  readonly log: ApiLog;
}

const forbidden = edgeAnswer(403, "Forbidden", "ForbiddenException");

export async function handle(pipeline: Pipeline, request: FrontRequest): Promise<FrontResponse> {
  const refused = beyondLimits(request);
  if (refused) return refused;
  const target = parseTarget(request.url);
  if (!target) return badRequest;
  // On a custom domain, the domain's access mode applies and the path contains no stage.
  const { domain } = request;
  if (!domain && (pipeline.closed || (pipeline.strictHost && !hostIsServerName(request)))) return forbidden;
  const path = domain ? withoutPrefix(target.path, domain.basePath) : withoutStage(target.path, pipeline.api.stage);
  // Another stage counts as another API: this one's gateway responses do not apply.
  if (path === undefined) return forbidden;
  const match = pipeline.router.match(request.method, path);
  const call: Call = {
    api: pipeline.api,
    requestId: randomUUID(),
    method: request.method,
    path,
    stagePath: target.path,
    resource: match?.route.path ?? "",
    pathParameters: match?.pathParameters ?? {},
    rawQuery: target.rawQuery,
    headers: request.headers,
    body: request.body,
    sourceIp: request.sourceIp,
    receivedAt: request.receivedAt,
    domain,
    clientCert: request.clientCert,
  };
  if (methodArn(call).length > methodArnLimit) return arnTooLong;
  const exchange: Exchange = {
    call,
    resourceId: match?.route.resourceId ?? "",
    extendedRequestId: `${randomBytes(11).toString("base64url").slice(0, 15)}=`,
    protocol: request.protocol,
    deploymentId: pipeline.deploymentId,
    stageVariables: pipeline.stageVariables,
    traceId: traceIdOf(call, call.requestId.replaceAll("-", "").slice(0, 24)),
  };
  const started = performance.now();
  const response = await answer(pipeline, exchange, match?.route);
  pipeline.log.answered(exchange, response, started);
  return response;
}

async function answer(pipeline: Pipeline, exchange: Exchange, route: Route | undefined): Promise<FrontResponse> {
  try {
    const blocked = pipeline.firewall?.(exchange.call);
    const outcome = blocked ? faultOf(blocked) : route ? await run(pipeline, exchange, route) : noRoute;
    if (!isFault(outcome)) return outcome;
    exchange.fault = outcome;
  } catch (problem) {
    // A defect of the gateway must deny the call, not let it through, and must not stop the server.
    exchange.fault = { ...broken, reason: `the gateway failed: ${String(problem)}` };
  }
  pipeline.log.fault(exchange.call.requestId, exchange.fault.reason);
  return pipeline.refuse(exchange, exchange.fault);
}

async function run(pipeline: Pipeline, exchange: Exchange, route: Route): Promise<FrontResponse | Fault> {
  const { call } = exchange;
  const caller = await route.authorize(call);
  if (isRefusal(caller)) return faultOf(caller);
  exchange.caller = caller;
  const { path: resource, keyRequired } = route;
  const admitted = pipeline.admission.admit(call, { method: route.method, resource, keyRequired }, caller);
  if (isRefusal(admitted)) return faultOf(admitted);
  exchange.apiKey = { id: admitted.apiKeyId, value: admitted.apiKey };
  return route.validate(call) ?? (await route.integrate(exchange));
}

function faultOf({ refused, message, errorType, reason }: GatewayRefusal): Fault {
  return { type: refused, message, errorType, reason };
}

const noRoute: Fault = {
  type: "MISSING_AUTHENTICATION_TOKEN",
  message: "Missing Authentication Token",
  reason: "no route has this method and path",
};

const broken = {
  type: "DEFAULT_5XX",
  message: "Internal server error",
  errorType: "InternalServerErrorException",
} as const;
