// Size limits that API Gateway enforces itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html

import { messageResponse, type HttpRequest, type HttpResponse } from "./http-message";

/** Largest request body, in bytes. */
export const bodyLimit = 10 * 1024 * 1024;

/**
 * Request line and headers, in bytes. AWS counts "request line and header values"; counting the names too is stricter.
 */
export const headersLimit = 10_240;

/** Longest method ARN of a request, in bytes. */
export const methodArnLimit = 1_600;

/** Plain text and none of API Gateway's headers (koki-develop/lgtm-generator#10 shows the answer). @param limit in bytes */
export const tooLong = (limit: number): HttpResponse => ({
  status: 413,
  headers: [["Content-Type", "text; charset=utf-8"]],
  body: `HTTP content length exceeded ${limit} bytes.`,
  close: true,
});
export const bodyTooLarge = tooLong(bodyLimit);
export const headersTooLarge = messageResponse(431, "Request Header Fields Too Large", undefined, true);
export const arnTooLong = messageResponse(414, "Request-URI Too Long");
export const badRequest = messageResponse(400, "Bad Request", "BadRequestException");
/** Why, for the operator. */
export const [overLimit, malformedTarget] = [
  "a part of the request is over its limit of size",
  "the request target is not well-formed",
] as const;
export const expectationFailed = messageResponse(417, "Expectation Failed", undefined, true);
/** Closes the connection, because where the next request begins is uncertain. */
const badFraming: HttpResponse = { ...badRequest, close: true };

// Headers that must not be repeated: a check and the function could each read a different one.
const singular = new Set([
  "host",
  "authorization",
  "content-length",
  "content-type",
  "transfer-encoding",
  "x-api-key",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
]);

// RFC 9112 section 2.3. Node's parser also accepts HTTP/0.9 lines, which have no headers, and arbitrary version digits.
const protocols = new Set(["HTTP/1.0", "HTTP/1.1"]);

/** @returns the response to a request that exceeds a limit or is ambiguous; `undefined` if it may proceed */
export function beyondLimits(request: HttpRequest): HttpResponse | undefined {
  let size = request.method.length + request.url.length + request.protocol.length + 2;
  if (!protocols.has(request.protocol)) return badFraming;
  const seen = new Set<string>();
  for (const [name, value] of request.headers) {
    size += name.length + value.length;
    const lower = name.toLowerCase();
    if (!singular.has(lower)) continue;
    // RFC 9112 section 6.1. Of several transfer codings only the last is decoded here, so the function would get a
    // compressed body; and a proxy in front may see the body end elsewhere (request smuggling), as may one that speaks
    // HTTP/1.0, which has no transfer codings.
    if (lower === "transfer-encoding" && (value.toLowerCase() !== "chunked" || request.protocol === "HTTP/1.0"))
      return badFraming;
    if (seen.has(lower)) return badRequest;
    seen.add(lower);
  }
  if (size > headersLimit) return headersTooLarge;
  return request.body.length > bodyLimit ? bodyTooLarge : undefined;
}
