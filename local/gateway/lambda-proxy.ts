// The Lambda proxy integration: permission, event, invocation, and what each way of going wrong is answered with.

import { payloadLimit } from "../../contract";
import type { Functions, Invocation } from "../functions/functions";
import { header } from "./call";
import type { Integration as Declared } from "./document";
import { type ProxyEvent, proxyEvent } from "./event";
import type { Exchange, Fault } from "./exchange";
import type { FrontResponse } from "./front";
import type { Integrate, IntegrationContext } from "./integrate";
import { functionOfUri, mayInvoke } from "./invoke-permission";
import { BadProxyResponse, readProxyResponse } from "./proxy-response";
import { Unenforceable } from "./unenforceable";

/** How long API Gateway waits by default, in milliseconds; longer than 29 s takes a raised quota, 300 s is the end. */
const defaultTimeout = 29_000;
const timeoutRange = { least: 50, most: 300_000 };

/** @throws Unenforceable where the integration is not one API Gateway would take */
export function lambdaProxy(declared: Declared, context: IntegrationContext): Integrate {
  const { graph, functions, isBinary, where } = context;
  const target = functionOfUri(declared.uri ?? "");
  if (!target) throw new Unenforceable(where, "has an integration uri that names no Lambda function by its ARN");
  if (declared.httpMethod !== "POST") throw new Unenforceable(where, "invokes Lambda with another method than POST");
  const timeoutMs = declared.timeoutInMillis ?? defaultTimeout;
  if (!Number.isInteger(timeoutMs) || timeoutMs < timeoutRange.least || timeoutMs > timeoutRange.most)
    throw new Unenforceable(where, `has a timeoutInMillis outside ${timeoutRange.least} to ${timeoutRange.most}`);
  const permitted = new Map<string, boolean>();
  return (exchange) => {
    const { method } = exchange.call;
    let allowed = permitted.get(method);
    if (allowed === undefined) {
      allowed = mayInvoke(graph, target, `${context.stageArn}/${method}${context.path}`);
      permitted.set(method, allowed);
    }
    if (!allowed) return notPermitted;
    const event = proxyEvent(exchange, isBinary(header(exchange.call, "content-type")));
    if (isTooLarge(event, exchange.call.body.length)) return eventTooLarge;
    return invoke(functions, target.arn, event, timeoutMs, exchange, isBinary(header(exchange.call, "accept")));
  };
}

async function invoke(
  functions: Functions,
  arn: string,
  event: ProxyEvent,
  timeoutMs: number,
  exchange: Exchange,
  binary: boolean,
): Promise<FrontResponse | Fault> {
  const started = performance.now();
  const invocation = await functions.invoke(arn, event, { timeoutMs });
  const latencyMs = Math.round(performance.now() - started);
  exchange.integration = { latencyMs, status: statusOf(invocation) };
  if (invocation.kind !== "result") {
    exchange.integration.error = failures[invocation.kind].reason;
    return failures[invocation.kind];
  }
  try {
    return withTrace(readProxyResponse(invocation.payload, binary), exchange);
  } catch (problem) {
    if (!(problem instanceof BadProxyResponse)) throw problem;
    exchange.integration.error = problem.reason;
    const type = problem.kind === "malformed" ? malformed : undeliverable;
    return { ...type, reason: problem.reason };
  }
}

function withTrace(response: FrontResponse, { call, extendedRequestId, traceId }: Exchange): FrontResponse {
  return {
    ...response,
    headers: [
      ...response.headers.filter(([name]) => name.toLowerCase() !== "x-amzn-trace-id"),
      ["x-amzn-RequestId", call.requestId],
      ["x-amz-apigw-id", extendedRequestId],
      ["X-Amzn-Trace-Id", traceId],
    ],
  };
}

/** Whether the event is over Lambda's payload limit. Its exact size is only worked out for bodies that come near. */
function isTooLarge(event: ProxyEvent, bodyBytes: number): boolean {
  // Headers and query are bounded by 10 KB and appear at most twice, each character as six (`\u0000`); text likewise as six.
  if (bodyBytes * 6 < payloadLimit - 256 * 1024) return false;
  const envelope = Buffer.byteLength(JSON.stringify({ ...event, body: "" }));
  const body = event.isBase64Encoded ? event.body!.length : Buffer.byteLength(JSON.stringify(event.body));
  return envelope + body > payloadLimit;
}

function statusOf({ kind }: Invocation): number {
  return kind === "throttled" ? 429 : 200;
}

const internal = { message: "Internal server error", errorType: "InternalServerErrorException" } as const;

const malformed = { ...internal, type: "DEFAULT_5XX", status: 502 } as const;
const undeliverable = { ...internal, type: "DEFAULT_5XX", status: 500 } as const;

const notPermitted: Fault = {
  ...internal,
  type: "API_CONFIGURATION_ERROR",
  reason: "no aws:lambda/permission:Permission lets API Gateway invoke the function for this route",
};

const eventTooLarge: Fault = {
  type: "REQUEST_TOO_LARGE",
  message: "Request Too Long",
  reason: "the event is over Lambda's payload limit of 6 MB",
};

const failures: Readonly<Record<Exclude<Invocation["kind"], "result">, Fault>> = {
  error: { ...malformed, reason: "the function failed" },
  timeout: {
    type: "INTEGRATION_TIMEOUT",
    message: "Endpoint request timed out",
    reason: "the integration timed out",
  },
  // Lambda's 429 does not reach the client: it is an integration failure, answered with 500 (re:Post QUfI6bsdd0SOiPeyimzxSkfQ).
  throttled: { ...internal, type: "INTEGRATION_FAILURE", status: 500, reason: "the function has no concurrency left" },
};
