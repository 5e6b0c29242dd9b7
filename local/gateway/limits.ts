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

/** @returns the answer to a request that is over a limit or ambiguous, `undefined` for one that may go on */
export function beyondLimits(request: FrontRequest): FrontResponse | undefined {
  let size = request.method.length + request.url.length + request.protocol.length + 2;
  const seen = new Set<string>();
  for (const [name, value] of request.headers) {
    size += name.length + value.length;
    const lower = name.toLowerCase();
    if (!singular.has(lower)) continue;
    if (seen.has(lower)) return badRequest;
    seen.add(lower);
  }
  if (size > headersLimit) return headersTooLarge;
  return request.body.length > bodyLimit ? bodyTooLarge : undefined;
}
