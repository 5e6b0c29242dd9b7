// What a function of a Lambda proxy integration may return, and how it is translated. Each rule was recorded on AWS
// (LocalStack's `payload_format` snapshot) or is listed in api-gateway-known-issues; anything else is rejected.

import { isRecord } from "../../base/record";
import { type HttpResponse, decodedBase64, isHeaderName, isHeaderText } from "../../server/http-message";

type Header = [name: string, value: string];

const fields = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

/** Sent to the client as `x-amzn-Remapped-…`: only the gateway may set them, or they belong to a single connection. */
const remapped = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "date",
  "expect",
  "host",
  "keep-alive",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "upgrade",
  "user-agent",
  "www-authenticate",
  "x-amz-apigw-id",
  "x-amzn-requestid",
]);

/** An invalid function response: `malformed` gives a 502, `undeliverable` a 500. */
export class BadProxyResponse extends Error {
  constructor(
    readonly kind: "malformed" | "undeliverable",
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * @param payload what the handler returned
 * @param binary whether the caller's Accept is a binary media type: only then is a base64 body decoded
 * @throws BadProxyResponse
 */
export function readProxyResponse(payload: unknown, binary: boolean): HttpResponse {
  if (!isRecord(payload)) throw malformed("the function did not return an object");
  const unknown = Object.keys(payload).find((key) => !fields.has(key));
  if (unknown !== undefined) throw malformed("the function returned a field that is not of a proxy response");
  const status = statusOf(payload["statusCode"]);
  const headers = mergedHeaders(payload["headers"], payload["multiValueHeaders"]);
  const text = bodyOf(payload["body"]);
  const base64 = flag(payload["isBase64Encoded"]);
  if (!headers.some(([name]) => name.toLowerCase() === "content-type"))
    headers.unshift(["Content-Type", "application/json"]);
  return { status, headers, body: base64 && binary ? decode(text) : text };
}

function statusOf(value: unknown): number {
  if (value === undefined) return 200;
  const status =
    typeof value === "number" || (typeof value === "string" && /^\d{3}$/.test(value)) ? Number(value) : NaN;
  // After an interim 1xx status the client would keep waiting for the final response.
  if (!Number.isInteger(status) || status < 200 || status > 599) throw malformed("statusCode is not an HTTP status");
  return status;
}

function mergedHeaders(single: unknown, multi: unknown): Header[] {
  const merged: Header[] = [];
  const casing = new Map<string, string>();
  for (const [name, values] of entries(multi, "multiValueHeaders")) {
    if (!Array.isArray(values)) throw malformed("multiValueHeaders holds a value that is not a list");
    casing.set(name.toLowerCase(), name);
    for (const value of values) add(merged, name, value);
  }
  for (const [name, value] of entries(single, "headers")) {
    // "If the same key-value pair is specified in both", it is sent once (set-up-lambda-proxy-integrations).
    const same =
      casing.has(name.toLowerCase()) &&
      merged.some(([own, text]) => own.toLowerCase() === name.toLowerCase() && text === String(value));
    if (value !== null && !same) add(merged, casing.get(name.toLowerCase()) ?? name, value);
  }
  return merged;
}

function add(headers: Header[], name: string, value: unknown): void {
  if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number")
    throw malformed("a header is neither a text, a number nor a boolean");
  const text = String(value);
  if (!isHeaderName(name) || !isHeaderText(text)) throw malformed("a header cannot be written in HTTP");
  const lower = name.toLowerCase();
  if (lower === "transfer-encoding") throw new BadProxyResponse("undeliverable", "the function set Transfer-Encoding");
  headers.push([remapped.has(lower) ? `x-amzn-Remapped-${name}` : name, text]);
}

function bodyOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") throw malformed("body is not a text");
  return String(value);
}

function flag(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "false") return false;
  if (value === true || value === "true") return true;
  throw malformed("isBase64Encoded is not a boolean");
}

function decode(text: string): Buffer {
  const bytes = decodedBase64(text);
  if (!bytes) throw new BadProxyResponse("undeliverable", "body is not base64");
  return bytes;
}

function entries(value: unknown, field: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (!isRecord(value)) throw malformed(`${field} is not an object`);
  return Object.entries(value);
}

function malformed(reason: string): BadProxyResponse {
  return new BadProxyResponse("malformed", reason);
}
