// The sizes that API Gateway refuses by itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html

import { edgeAnswer, type FrontRequest, type FrontResponse } from "./front";

/** Largest request body, in bytes. */
export const bodyLimit = 10 * 1024 * 1024;

/** Request line and headers together, in bytes; AWS counts "request line and header values", the names counted too is stricter. */
export const headersLimit = 10_240;

/** Longest ARN of a method call, in bytes. */
export const methodArnLimit = 1_600;

export const bodyTooLarge = edgeAnswer(413, "Request Too Long", undefined, true);
export const headersTooLarge = edgeAnswer(431, "Request Header Fields Too Large", undefined, true);
export const arnTooLong = edgeAnswer(414, "Request-URI Too Long");
export const badRequest = edgeAnswer(400, "Bad Request", "BadRequestException");
export const expectationFailed = edgeAnswer(417, "Expectation Failed", undefined, true);
/** Where the next request begins is not sure. */
const badFraming: FrontResponse = { ...badRequest, close: true };

// Twice the same of these, and the check and the function could each read another one.
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

// RFC 9112 section 2.3: the parser also takes HTTP/0.9 lines, which have no headers, and any digits after a slash.
const protocols = new Set(["HTTP/1.0", "HTTP/1.1"]);

/** @returns the answer to a request that is over a limit or ambiguous, `undefined` for one that may go on */
export function beyondLimits(request: FrontRequest): FrontResponse | undefined {
  let size = request.method.length + request.url.length + request.protocol.length + 2;
  if (!protocols.has(request.protocol)) return badFraming;
  const seen = new Set<string>();
  for (const [name, value] of request.headers) {
    size += name.length + value.length;
    const lower = name.toLowerCase();
    if (!singular.has(lower)) continue;
    // RFC 9112 section 6.1: of several codings only the last is undone here, and the function would take a compressed body as it is;
    // who is in front may read the body's end elsewhere (request smuggling).
    // HTTP/1.0 knows no codings: one in front that speaks it takes the body to end elsewhere.
    if (lower === "transfer-encoding" && (value.toLowerCase() !== "chunked" || request.protocol === "HTTP/1.0"))
      return badFraming;
    if (seen.has(lower)) return badRequest;
    seen.add(lower);
  }
  if (size > headersLimit) return headersTooLarge;
  return request.body.length > bodyLimit ? bodyTooLarge : undefined;
}
