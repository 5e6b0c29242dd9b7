// An HTTP API's own responses. It has no gateway responses, so status and body are fixed, as on AWS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting.html

import type { GatewayResponse } from "../request/exchange";
import type { HttpResponse } from "../../server/http-message";

const messages = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  414: "Request-URI Too Long",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

export type HttpStatus = keyof typeof messages;

/** An HTTP API's own response, in place of the integration's. */
export interface HttpApiError extends GatewayResponse {
  readonly status: HttpStatus;
  /** Value of `WWW-Authenticate`. */
  readonly challenge?: string;
}

/** @param reason for the operator's log only */
export function httpApiError(
  status: HttpStatus,
  type: GatewayResponse["type"],
  reason: string,
  more: Pick<HttpApiError, "challenge" | "authorizerError"> = {},
): HttpApiError {
  return { status, type, message: messages[status], reason, ...more };
}

export function errorResponse({ status, challenge }: HttpApiError): HttpResponse {
  const response = statusResponse(status);
  if (challenge === undefined) return response;
  // Without a content type, unlike any other error (the listing in http-api-troubleshooting-jwt).
  return { ...response, headers: [["www-authenticate", challenge]] };
}

/** A response given before the API is reached: to an oversized or ambiguous request, or by a disabled endpoint. */
export function statusResponse(status: HttpStatus, close = false): HttpResponse {
  return { status, headers: [...json], body: JSON.stringify({ message: messages[status] }), close };
}

/** The response with the same status, in the form of an HTTP API. */
export function asHttpApiResponse({ status, close }: HttpResponse): HttpResponse {
  return statusResponse(status in messages ? (status as HttpStatus) : 400, close);
}

const json: readonly (readonly [string, string])[] = [["content-type", "application/json"]];
