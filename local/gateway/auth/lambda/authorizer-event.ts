// The event of a Lambda authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html

import { type ApiRequest, eventPath, header, methodArn } from "../../../server/api-request";
import { parseQuery } from "../../../server/request-target";

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
 * of them. Headers and query are parsed as for the function: both must see the same values.
 */
export function requestEvent(
  request: ApiRequest,
  stageVariables: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const headers = grouped(request.headers.filter(([name]) => !gatewayHeaders.has(name.toLowerCase())));
  const query = grouped(parseQuery(request.rawQuery), false);
  return {
    type: "REQUEST",
    methodArn: methodArn(request),
    resource: request.resource,
    path: eventPath(request),
    httpMethod: request.method,
    headers: last(headers),
    multiValueHeaders: headers,
    queryStringParameters: last(query),
    multiValueQueryStringParameters: query,
    pathParameters: request.pathParameters,
    stageVariables,
    requestContext: {
      accountId: request.api.account,
      apiId: request.api.id,
      stage: request.api.stage,
      requestId: request.requestId,
      requestTimeEpoch: request.receivedAt,
      httpMethod: request.method,
      path: request.stagePath,
      resourcePath: request.resource,
      protocol: "HTTP/1.1",
      identity: {
        sourceIp: request.sourceIp,
        userAgent: header(request, "user-agent") ?? null,
        ...(request.clientCert && { clientCert: request.clientCert }),
      },
    },
  };
}

/** Headers that are removed, as only the gateway may set them: an authorizer that trusts one would trust its caller. */
const gatewayHeaders = new Set(["x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"]);

/** All values of each name, under its first spelling. Header names are case-insensitive. */
export function grouped(pairs: readonly (readonly [string, string])[], foldCase = true): Record<string, string[]> {
  const groups = new Map<string, [name: string, values: string[]]>();
  for (const [name, value] of pairs) {
    const key = foldCase ? name.toLowerCase() : name;
    const group = groups.get(key) ?? [name, []];
    groups.set(key, group);
    group[1].push(value);
  }
  return Object.fromEntries(groups.values());
}

export function last(groups: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1)!]));
}
