// What a Lambda authorizer receives. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html

import { type Call, header, methodArn } from "../../call";
import { queryOf } from "../query";

export interface TokenEvent {
  readonly type: "TOKEN";
  readonly methodArn: string;
  readonly authorizationToken: string;
}

export function tokenEvent(call: Call, token: string): TokenEvent {
  return { type: "TOKEN", methodArn: methodArn(call), authorizationToken: token };
}

/** Maps are empty, not null, where the call has nothing; of a repeated name the last value stands alone, all in `multiValue…`. */
export function requestEvent(call: Call): Readonly<Record<string, unknown>> {
  const query = queryOf(call.rawQuery) ?? [];
  return {
    type: "REQUEST",
    methodArn: methodArn(call),
    resource: call.resource,
    path: call.path,
    httpMethod: call.method,
    headers: Object.fromEntries(call.headers),
    multiValueHeaders: multiple(call.headers),
    queryStringParameters: Object.fromEntries(query),
    multiValueQueryStringParameters: multiple(query),
    pathParameters: call.pathParameters,
    stageVariables: {},
    requestContext: {
      accountId: call.api.account,
      apiId: call.api.id,
      stage: call.api.stage,
      requestId: call.requestId,
      requestTimeEpoch: call.receivedAt,
      httpMethod: call.method,
      path: call.stagePath,
      resourcePath: call.resource,
      protocol: "HTTP/1.1",
      identity: { sourceIp: call.sourceIp, userAgent: header(call, "user-agent") ?? null },
    },
  };
}

function multiple(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of pairs) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  return Object.fromEntries(grouped);
}
