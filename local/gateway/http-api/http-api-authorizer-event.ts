// The event of an HTTP API's Lambda authorizer: what the function's event says of the request, without its body.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format

import { methodArn } from "../../server/api-request";
import type { Exchange } from "../request/exchange";
import { eventWithoutBody } from "./http-api-event";
import { httpApiEventV1 } from "./http-api-event-v1";

type AuthorizerEvent = Readonly<Record<string, unknown>>;

/** Format 2.0. @param identity all values of each identity source */
export function httpAuthorizerEvent(exchange: Exchange, identity: readonly (readonly string[])[]): AuthorizerEvent {
  // Nobody is known yet, whatever the route's authorization.
  const { version, ...known } = eventWithoutBody(exchange, "NONE");
  return {
    version,
    type: "REQUEST",
    routeArn: methodArn(exchange.request),
    identitySource: identity.length === 0 ? null : identity.map((values) => values.join(",")),
    ...known,
  };
}

/** Format 1.0, in which maps without entries are empty, as in a REST API's. */
export function httpAuthorizerEventV1(exchange: Exchange, identity: readonly (readonly string[])[]): AuthorizerEvent {
  const event = httpApiEventV1({ ...exchange, request: { ...exchange.request, body: Buffer.alloc(0) } });
  const sources = identity.length === 0 ? null : identity.map((values) => values.join(",")).join(",");
  return {
    version: event.version,
    type: "REQUEST",
    methodArn: methodArn(exchange.request),
    identitySource: sources,
    authorizationToken: sources,
    resource: event.resource,
    path: event.path,
    httpMethod: event.httpMethod,
    headers: event.headers,
    queryStringParameters: event.queryStringParameters ?? {},
    pathParameters: event.pathParameters ?? {},
    stageVariables: event.stageVariables ?? {},
    requestContext: event.requestContext,
  };
}
