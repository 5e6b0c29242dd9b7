// The event of a Lambda authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html

import { type ApiRequest, eventPath, methodArn } from "../../../server/api-request";
import { parseRestQuery } from "../../../server/request-target";
import { collected, eventContext, eventHeaders, type Known, lastOf } from "../../request/event-request";

export interface TokenEvent {
  readonly type: "TOKEN";
  readonly methodArn: string;
  readonly authorizationToken: string;
}

export function tokenEvent(request: ApiRequest, token: string): TokenEvent {
  return { type: "TOKEN", methodArn: methodArn(request), authorizationToken: token };
}

/**
 * Maps without entries are empty, not null. The plain maps contain the last value of a repeated name, `multiValue…` all
 * of them. Headers, query and context are those of the function's event, without the caller, who is not known yet.
 */
export function requestEvent(
  exchange: Known,
  stageVariables: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const { request } = exchange;
  const headers = eventHeaders(exchange);
  const query = collected(parseRestQuery(request.rawQuery));
  return {
    type: "REQUEST",
    methodArn: methodArn(request),
    resource: request.resource,
    path: eventPath(request),
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: query,
    pathParameters: request.pathParameters,
    stageVariables,
    requestContext: eventContext(exchange),
  };
}
