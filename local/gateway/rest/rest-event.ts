// The event of a REST API's Lambda proxy integration (payload format 1.0).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format

import { eventPath } from "../../server/api-request";
import type { Exchange } from "../request/exchange";
import { collected, eventContext, eventHeaders, lastOf, type Multi } from "../request/event-request";
import { parseRestQuery } from "../../server/request-target";

export interface ProxyEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  /** Last value of each header, under the casing in which its name was first sent, but for `canonical` names. */
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Multi;
  readonly queryStringParameters: Record<string, string> | null;
  readonly multiValueQueryStringParameters: Multi | null;
  readonly pathParameters: Readonly<Record<string, string>> | null;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  readonly requestContext: Record<string, unknown>;
  body: string | null;
  readonly isBase64Encoded: boolean;
}

/** @param binary whether the body is passed as base64 because its Content-Type is a binary media type */
export function proxyEvent(exchange: Exchange, binary: boolean): ProxyEvent {
  const { request } = exchange;
  const headers = eventHeaders(exchange);
  const query = collected(parseRestQuery(request.rawQuery));
  const hasQuery = request.rawQuery !== "" && Object.keys(query).length > 0;
  return {
    resource: request.resource,
    path: eventPath(request),
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastOf(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    pathParameters: isEmpty(request.pathParameters) ? null : request.pathParameters,
    stageVariables: exchange.stageVariables,
    requestContext: eventContext(exchange),
    body: request.body.length === 0 ? null : request.body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary && request.body.length > 0,
  };
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
