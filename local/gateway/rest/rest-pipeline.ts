// The phases of a request to a REST API, in API Gateway's order.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

import { randomUUID } from "node:crypto";
import { shortRequestId } from "../../base/random-id";
import type { ApiLog } from "../request/api-log";
import { type ApiIdentity, type ApiRequest, type Caller, methodArn } from "../../server/api-request";
import { endedAt } from "../../server/call-trace";
import { completeTrace, type Exchange, type GatewayResponse, isGatewayResponse, traceIdOf } from "../request/exchange";
import type { Firewall } from "../firewall/web-acl";
import { messageResponse, type HttpRequest, type HttpResponse } from "../../server/http-message";
import type { Integrate } from "../integration/integration";
import { arnTooLong, badRequest, beyondLimits, malformedTarget, methodArnLimit, overLimit } from "../../server/limits";
import type { RenderGatewayResponse } from "../responses/gateway-responses";
import type { Validate } from "./request-validation";
import { hostIsServerName, parseTarget, withoutPrefix, withoutStage } from "../../server/request-target";
import { presentedSignature } from "../../iam/sigv4/presented";
import type { Router } from "../request/routing";

/** A compiled method of a resource. */
export interface RestRoute {
  readonly method: string;
  readonly path: string;
  readonly resourceId: string;
  readonly auth: string;
  readonly keyRequired: boolean;
  authorize(request: ApiRequest, exchange: Exchange): Promise<Caller | GatewayResponse>;
  readonly validate: Validate;
  readonly integrate: Integrate;
}

/** API keys, usage plans, throttles and quotas of a stage. */
export interface UsageCheck {
  check(
    request: ApiRequest,
    route: { readonly method: string; readonly resource: string; readonly keyRequired: boolean },
    caller: Caller,
  ): GatewayResponse | { readonly apiKeyId?: string; readonly apiKey?: string };
}

export interface RestPipeline {
  readonly api: ApiIdentity;
  readonly router: Router<RestRoute>;
  readonly usage: UsageCheck;
  /** Absent if the stage has no web ACL. */
  readonly firewall?: Firewall;
  readonly render: RenderGatewayResponse;
  readonly deploymentId: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** The default endpoint is disabled and responds with 403. */
  readonly closed: boolean;
  /** Endpoint access mode STRICT: the Host header must equal the SNI name of the TLS handshake. */
  readonly strictHost: boolean;
  readonly log: ApiLog;
}

/**
 * Lets a request go on to the next phase (`undefined`), or ends it with the integration's response or the gateway's
 * own.
 * @param route of the request; absent only in the phases before it is required
 */
type Phase = (
  pipeline: RestPipeline,
  exchange: Exchange,
  route?: RestRoute,
) => Promise<Result | undefined> | Result | undefined;

type Result = HttpResponse | GatewayResponse;

/**
 * The API key comes after the authorizer, which supplies it if `apiKeySource` is AUTHORIZER. AWS's execution logs show
 * the middle of the order: "Starting authorizer", "Verifying Usage Plan", "API Key authorized", "Starting execution"
 * (https://repost.aws/knowledge-center/api-gateway-logs).
 */
const phases: readonly Phase[] = [
  function webAcl({ firewall }, { request }) {
    return firewall?.(request);
  },
  function methodSelection(_, { request }, route) {
    return route ? undefined : noMethod(request);
  },
  async function authorization(_, exchange, route) {
    const caller = await route!.authorize(exchange.request, exchange);
    if (isGatewayResponse(caller)) return caller;
    exchange.caller = caller;
    return undefined;
  },
  function usagePlan({ usage }, exchange, route) {
    const { method, path: resource, keyRequired } = route!;
    const checked = usage.check(exchange.request, { method, resource, keyRequired }, exchange.caller!);
    if (isGatewayResponse(checked)) return checked;
    exchange.apiKey = { id: checked.apiKeyId, value: checked.apiKey };
    return undefined;
  },
  function requestValidation(_, { request }, route) {
    return route!.validate(request);
  },
  function integration(_, exchange, route) {
    return route!.integrate(exchange);
  },
];

/** As a route with IAM answers: an Authorization header that is no signature is reported as an incomplete one. */
function noMethod(request: ApiRequest): GatewayResponse {
  const reason = "no route has this method and path";
  const presented = presentedSignature(request);
  return "malformed" in presented && presented.message !== undefined
    ? { ...incompleteSignature, message: presented.message, reason }
    : { type: "MISSING_AUTHENTICATION_TOKEN", message: "Missing Authentication Token", reason };
}

const incompleteSignature = { type: "INVALID_SIGNATURE", errorType: "IncompleteSignatureException" } as const;

const internalError = {
  type: "DEFAULT_5XX",
  message: "Internal server error",
  errorType: "InternalServerErrorException",
} as const;

/** The response of the first phase that ends the request. */
async function evaluated(pipeline: RestPipeline, exchange: Exchange, route?: RestRoute): Promise<HttpResponse> {
  const response = await resultOf(pipeline, exchange, route);
  if (!isGatewayResponse(response)) return response;
  exchange.gatewayResponse = response;
  pipeline.log.error(exchange.request.requestId, response.reason);
  return pipeline.render(exchange, response);
}

async function resultOf(pipeline: RestPipeline, exchange: Exchange, route?: RestRoute): Promise<Result> {
  try {
    for (const phase of phases) {
      const result = await phase(pipeline, exchange, route);
      exchange.trace?.met(phase.name);
      if (result !== undefined) return result;
    }
    return { ...internalError, reason: "no phase has responded" };
  } catch (problem) {
    // A defect of the gateway must deny the request, not let it through, and must not stop the server.
    return { ...internalError, reason: `the gateway failed: ${String(problem)}` };
  }
}

const forbidden = messageResponse(403, "Forbidden", "ForbiddenException");

/**
 * What comes before the phases: size limits, endpoint and stage, to which none of the API's gateway responses apply.
 */
export async function handle(pipeline: RestPipeline, received: HttpRequest): Promise<HttpResponse> {
  const beyond = beyondLimits(received);
  if (beyond) return endedAt("endpoint", received, overLimit, beyond);
  const target = parseTarget(received.url);
  if (!target) return endedAt("endpoint", received, malformedTarget, badRequest);
  // On a custom domain, the domain's access mode applies and the path contains no stage.
  const { domain } = received;
  if (!domain && pipeline.closed) return endedAt("endpoint", received, "the default endpoint is disabled", forbidden);
  if (!domain && pipeline.strictHost && !hostIsServerName(received))
    return endedAt("endpoint", received, "Host is not the name that TLS asked for", forbidden);
  const sentPath = domain ? withoutPrefix(target.path, domain.basePath) : withoutStage(target.path, pipeline.api.stage);
  // Another stage counts as another API: this one's gateway responses do not apply.
  if (sentPath === undefined) return endedAt("endpoint", received, "the path is not of this stage", forbidden);
  // A base URL that ends in a slash: recorded on AWS for the stage's path (LocalStack, test_lambda_aws_proxy_integration).
  const path = domain ? sentPath : sentPath.replace(/^\/+/, "/");
  const { method, headers, body, sourceIp, receivedAt, clientCert } = received;
  const match = pipeline.router.match(method, path);
  const request: ApiRequest = {
    api: pipeline.api,
    requestId: randomUUID(),
    method,
    path,
    sentPath,
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
  // The limit is that of "methods with authorization"; what has no route is refused in any case.
  if (match?.route.auth !== "NONE" && methodArn(request).length > methodArnLimit)
    return endedAt("endpoint", received, "the ARN of the method is too long", arnTooLong);
  const exchange: Exchange = {
    request,
    resourceId: match?.route.resourceId ?? "",
    extendedRequestId: shortRequestId(),
    protocol: received.protocol,
    deploymentId: pipeline.deploymentId,
    stageVariables: pipeline.stageVariables,
    traceId: traceIdOf(request, request.requestId.replaceAll("-", "").slice(0, 24)),
    trace: received.trace,
  };
  const started = performance.now();
  const response = await evaluated(pipeline, exchange, match?.route);
  completeTrace(exchange);
  pipeline.log.answered(exchange, response, started);
  return response;
}
