// The Lambda integration of an HTTP API's route, with payload format 1.0 or 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

import { isRecord } from "../../base/record";
import type { Invocation } from "../../functions/environments/invocation";
import type { Integration } from "../../../graph/openapi";
import type { Exchange } from "../request/exchange";
import { type HttpResponse, decodedBase64, isHeaderName, isHeaderText } from "../../server/http-message";
import { invokeTarget, lambdaTarget, overPayloadLimit, type IntegrationContext } from "../integration/integration";
import { Unenforceable } from "../../base/unenforceable";
import { httpApiError, type HttpApiError } from "../responses/http-api-responses";
import { httpApiEvent, type RouteAuth } from "./http-api-event";
import { httpApiEventV1 } from "./http-api-event-v1";

/** In milliseconds. 30 s is an HTTP API's maximum and its default. */
const timeouts = { least: 50, most: 30_000, standard: 30_000 };

/** @throws Unenforceable for anything but a Lambda integration that AWS would accept */
export function httpIntegration(
  declared: Integration | undefined,
  context: Omit<IntegrationContext, "isBinary">,
  auth: RouteAuth,
): (exchange: Exchange) => Promise<HttpResponse | HttpApiError> {
  if (!declared) throw new Unenforceable(context.where, "has no integration");
  const target = lambdaTarget(declared, context, timeouts);
  const version1 = declared["payloadFormatVersion"] === "1.0";
  const read = version1 ? readHttpResponseV1 : readHttpResponse;
  return async (exchange) => {
    if (!target.permits(exchange.request.method)) return notPermitted;
    const event = version1 ? httpApiEventV1(exchange) : httpApiEvent(exchange, auth);
    if (overPayloadLimit(event, exchange.request.body.length)) return eventTooLarge;
    const invocation = await invokeTarget(context.functions, target, event, exchange);
    const outcome = invocation.kind === "result" ? read(invocation.payload) : failures[invocation.kind];
    const result = "malformed" in outcome ? httpApiError(500, "DEFAULT_5XX", outcome.malformed) : outcome;
    if ("reason" in result) exchange.integration!.error = result.reason;
    return result;
  };
}

const notPermitted = httpApiError(
  500,
  "API_CONFIGURATION_ERROR",
  "no aws:lambda/permission:Permission lets API Gateway invoke the function for this route",
);

const eventTooLarge = httpApiError(413, "REQUEST_TOO_LARGE", "the event is over Lambda's payload limit of 6 MB");

const failures: Readonly<Record<Exclude<Invocation["kind"], "result">, HttpApiError>> = {
  error: httpApiError(500, "INTEGRATION_FAILURE", "the function failed"),
  timeout: httpApiError(503, "INTEGRATION_TIMEOUT", "the integration timed out"),
  throttled: httpApiError(503, "INTEGRATION_FAILURE", "the function has no concurrency left"),
};

// What a function of an HTTP API may return, and how it is translated.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response

type Header = [name: string, value: string];

/** Headers that frame the message or belong to one connection: only the gateway may set them. */
const framing = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "apigw-requestid",
]);

type ReadResponse = HttpResponse | { readonly malformed: string };

/** Payload format 2.0. @returns the response, or why the payload is invalid, which gives a 500 */
export function readHttpResponse(payload: unknown): ReadResponse {
  if (!isRecord(payload) || payload["statusCode"] === undefined) return inferred(payload);
  const { cookies } = payload;
  if (!Array.isArray(cookies ?? [])) return { malformed: "cookies is not a list" };
  return responseOf(payload, { "set-cookie": cookies ?? [] });
}

/** Payload format 1.0: without inference; a name in both maps has its single value first (recorded on AWS). */
export function readHttpResponseV1(payload: unknown): ReadResponse {
  if (!isRecord(payload)) return { malformed: "the function did not return an object" };
  const { multiValueHeaders: multi } = payload;
  return isRecord(multi ?? {})
    ? responseOf(payload, (multi ?? {}) as Record<string, unknown>)
    : { malformed: "multiValueHeaders is not an object" };
}

/** @param lists header names with lists of values, besides the single ones */
function responseOf(payload: Record<string, unknown>, lists: Record<string, unknown>): ReadResponse {
  const status = statusOf(payload["statusCode"]);
  if (status === undefined) return { malformed: "statusCode is not an HTTP status" };
  const headers = headersOf(payload["headers"], lists);
  if (!headers) return { malformed: "a header or cookie cannot be written in HTTP" };
  if (!headers.some(([name]) => name.toLowerCase() === "content-type"))
    headers.unshift(["content-type", "text/plain; charset=utf-8"]);
  const body = bodyOf(payload["body"], payload["isBase64Encoded"]);
  return body === undefined
    ? { malformed: "body is not a string, or is not valid base64 though isBase64Encoded is true" }
    : { status, headers, body };
}

/** Without a statusCode the whole value becomes the body, as JSON; a string is assumed to be JSON (recorded on AWS). */
function inferred(payload: unknown): HttpResponse {
  const body = typeof payload === "string" ? payload : (JSON.stringify(payload) ?? "null");
  return { status: 200, headers: [["content-type", "application/json"]], body };
}

function statusOf(value: unknown): number | undefined {
  const status =
    typeof value === "number" || (typeof value === "string" && /^\d{3}$/.test(value)) ? Number(value) : NaN;
  // After an interim 1xx status the client would keep waiting for the final response.
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

function headersOf(single: unknown, lists: Record<string, unknown>): Header[] | undefined {
  if (!isRecord(single ?? {}) || !Object.values(lists).every(Array.isArray)) return undefined;
  const pairs = [
    ...Object.entries((single ?? {}) as Record<string, unknown>).filter(([, value]) => value !== null),
    ...Object.entries(lists as Record<string, unknown[]>).flatMap(([name, values]) =>
      values.map((value): [string, unknown] => [name, value]),
    ),
  ];
  const headers: Header[] = [];
  for (const [name, value] of pairs) {
    if (!["string", "number", "boolean"].includes(typeof value)) return undefined;
    if (!isHeaderName(name) || !isHeaderText(String(value))) return undefined;
    if (!framing.has(name.toLowerCase())) headers.push([name, String(value)]);
  }
  return headers;
}

function bodyOf(value: unknown, base64: unknown): Buffer | string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") return undefined;
  return base64 === true ? decodedBase64(String(value)) : String(value);
}
