// The Lambda proxy integration: permission, event, invocation, and the response to each kind of failure.

import { hash } from "node:crypto";
import type { Functions, Invocation } from "../../functions/environments/invocation";
import { header } from "../../server/api-request";
import type { Integration as Declared } from "../../../graph/openapi";
import { type ProxyEvent, proxyEvent } from "./rest-event";
import type { Exchange, GatewayResponse } from "../request/exchange";
import type { HttpResponse } from "../../server/http-message";
import {
  invokeTarget,
  type LambdaTarget,
  lambdaTarget,
  overPayloadLimit,
  type Integrate,
  type IntegrationContext,
} from "../integration/integration";
import { BadProxyResponse, readProxyResponse } from "./proxy-response";
import { mock } from "./mock";
import { randomId } from "../../base/random-id";
import { Unenforceable } from "../../base/unenforceable";

/** In milliseconds. More than 29 s requires a raised quota; 300 s is the maximum. */
const timeouts = { least: 50, most: 300_000, standard: 29_000 };

/** @throws Unenforceable for an integration that API Gateway would reject */
export function lambdaProxy(declared: Declared, context: IntegrationContext): Integrate {
  const { functions, isBinary } = context;
  const target = lambdaTarget(declared, context, timeouts);
  const mapped = mappedHeaders(declared["requestParameters"] ?? {}, context.where);
  if (mapped.some((name) => framing.has(name))) return () => notSendable;
  return (exchange) => {
    if (!target.permits(exchange.request.method)) return notPermitted;
    const event = proxyEvent(exchange, isBinary(header(exchange.request, "content-type")));
    if (overPayloadLimit(event, exchange.request.body.length)) return eventTooLarge;
    return invoke(functions, target, event, exchange, isBinary(header(exchange.request, "accept")));
  };
}

/** Headers that a mapping onto makes every call fail (recorded on AWS: LocalStack, header_remapping). */
const framing = new Set([
  ...["authorization", "connection", "content-length", "expect", "proxy-authenticate", "te", "transfer-encoding"],
]);

const mappingTarget = /^integration\.request\.(header|path|querystring)\.([A-Za-z0-9._$-]+)$/;
const mappingSource =
  /^(?:'[^']*'|method\.request\.(?:header|multivalueheader|path|querystring|multivaluequerystring)\..+|method\.request\.body(?:\..+)?|context\..+|stageVariables\..+)$/;

/**
 * The headers of Lambda's Invoke that `requestParameters` map onto, in lower case. A proxy's function gets the request
 * as it was sent, whatever is mapped (recorded on AWS: LocalStack, test_lambda_aws_proxy_integration_request_data_mapping).
 * @throws Unenforceable for a mapping that API Gateway would refuse, and for a header that changes how Lambda invokes
 */
function mappedHeaders(mappings: unknown, where: string): string[] {
  return Object.entries(mappings as object).flatMap(([target, source]) => {
    const [, place, name = ""] = mappingTarget.exec(target) ?? [];
    if (place === undefined || !mappingSource.test(String(source)))
      throw new Unenforceable(where, `has requestParameters with a mapping that API Gateway does not take: ${target}`);
    const header = name.toLowerCase();
    if (place === "header" && header.startsWith("x-am"))
      throw new Unenforceable(where, `has requestParameters that change how Lambda is called: ${target}`);
    return place === "header" ? [header] : [];
  });
}

async function invoke(
  functions: Functions,
  target: LambdaTarget,
  event: ProxyEvent,
  exchange: Exchange,
  binary: boolean,
): Promise<HttpResponse | GatewayResponse> {
  const invocation = await invokeTarget(functions, target, event, exchange);
  const integration = exchange.integration!;
  if (invocation.kind !== "result") {
    integration.error = failures[invocation.kind].reason;
    return failures[invocation.kind];
  }
  try {
    return withTrace(readProxyResponse(invocation.payload, binary), exchange, target);
  } catch (problem) {
    if (!(problem instanceof BadProxyResponse)) throw problem;
    integration.error = problem.reason;
    const type = problem.kind === "malformed" ? malformed : undeliverable;
    return { ...type, reason: problem.reason };
  }
}

function withTrace(
  response: HttpResponse,
  { request, extendedRequestId, traceId }: Exchange,
  { arn }: LambdaTarget,
): HttpResponse {
  return {
    ...response,
    headers: [
      ...response.headers.filter(([name]) => name.toLowerCase() !== "x-amzn-trace-id"),
      ["x-amzn-RequestId", request.requestId],
      ["x-amz-apigw-id", extendedRequestId],
      ["X-Amzn-Trace-Id", answeredTrace(traceId, arn)],
    ],
  };
}

/**
 * The trace id of the answer: what the caller sent, with the segment of the function and the sampling decision, and the
 * functions that the call passed (recorded on AWS: LocalStack, test_invocation_trace_id).
 */
function answeredTrace(traceId: string, functionArn: string): string {
  const parent = /;Parent=/.test(traceId) ? "" : `;Parent=${randomId(8, "hex")}`;
  const sampled = /;Sampled=/.test(traceId) ? "" : ";Sampled=0";
  const lineage = /;Lineage=/.test(traceId) ? "" : lineageOf(functionArn);
  return `${traceId}${parent}${sampled}${lineage}`;
}

const lineages = new Map<string, string>();

/** By ARN: an API has few functions, and a digest costs as much as the rest of the answer's headers. */
function lineageOf(functionArn: string): string {
  const known = lineages.get(functionArn);
  if (known !== undefined) return known;
  const made = `;Lineage=1:${hash("sha256", functionArn).slice(0, 8)}:0`;
  lineages.set(functionArn, made);
  return made;
}

const internal = { message: "Internal server error", errorType: "InternalServerErrorException" } as const;

const malformed = { ...internal, type: "DEFAULT_5XX", status: 502 } as const;
const undeliverable = { ...internal, type: "DEFAULT_5XX", status: 500 } as const;

const notPermitted: GatewayResponse = {
  ...internal,
  type: "API_CONFIGURATION_ERROR",
  reason: "no aws:lambda/permission:Permission lets API Gateway invoke the function for this route",
};

const notSendable: GatewayResponse = {
  ...undeliverable,
  reason: "requestParameters map onto a header that API Gateway itself must set",
};

const eventTooLarge: GatewayResponse = {
  type: "REQUEST_TOO_LARGE",
  message: "Request Too Long",
  // Without CORS headers, a browser reports a CORS error (koki-develop/lgtm-generator#10).
  fixed: true,
  reason: "the event is over Lambda's payload limit of 6 MB",
};

const failures: Readonly<Record<Exclude<Invocation["kind"], "result">, GatewayResponse>> = {
  error: { ...malformed, reason: "the function failed" },
  timeout: {
    type: "INTEGRATION_TIMEOUT",
    message: "Endpoint request timed out",
    reason: "the integration timed out",
  },
  // Clients do not see Lambda's 429 but an integration failure with status 500 (re:Post QUfI6bsdd0SOiPeyimzxSkfQ).
  throttled: { ...internal, type: "INTEGRATION_FAILURE", status: 500, reason: "the function has no concurrency left" },
};

// The integration of a method: a Lambda function or a MOCK. Compiled once per route.

/** @throws Unenforceable for an integration type that is not supported */
export function compileIntegration(declared: Declared | undefined, context: IntegrationContext): Integrate {
  // Types are case-insensitive; AWS's own examples use `aws_proxy`.
  switch (declared?.type.toLowerCase()) {
    case "aws_proxy":
      return lambdaProxy(declared, context);
    case "mock":
      if (Object.keys(declared?.["requestParameters"] ?? {}).length > 0)
        throw new Unenforceable(context.where, "has requestParameters that map onto a MOCK, which is not done locally");
      return mock(declared, context);
    case undefined:
      throw new Unenforceable(context.where, "has no integration");
    default:
      throw new Unenforceable(
        context.where,
        `has an integration of type ${declared?.type}; aws_proxy and mock are served`,
      );
  }
}
