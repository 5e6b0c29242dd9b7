// The event of an HTTP API's Lambda integration with payload format 1.0: that of a REST API, with differences.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// Where the page leaves something open, as recorded on AWS (aws-lambda-dotnet, LambdaTestTool-v2, snapshots *HttpV1).

import { header } from "../../server/api-request";
import { parseQuery } from "../../server/request-target";
import { collected, lastOf } from "../request/event-request";
import { clfTime, domainName, type Exchange } from "../request/exchange";
import { bodyOf, decoded, decodedAll, isPassedOn } from "./http-api-event";

type Multi = Readonly<Record<string, readonly string[]>>;
type Single = Readonly<Record<string, string>>;

export interface HttpApiEventV1 {
  readonly version: "1.0";
  readonly resource: string;
  /** As sent, percent-encoded, with the stage or the base path of a custom domain. */
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Single;
  readonly multiValueHeaders: Multi;
  readonly queryStringParameters: Single | null;
  readonly multiValueQueryStringParameters: Multi | null;
  readonly requestContext: Readonly<Record<string, unknown>>;
  /** Decoded, unlike in a REST API. */
  readonly pathParameters: Single | null;
  readonly stageVariables: Single | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

export function httpApiEventV1(exchange: Exchange): HttpApiEventV1 {
  const { request } = exchange;
  const headers = headersOf(exchange);
  const query = collected(parseQuery(request.rawQuery));
  const hasQuery = Object.keys(query).length > 0;
  const { body = null, isBase64Encoded } = bodyOf(exchange);
  return {
    version: "1.0",
    resource: resourceOf(exchange),
    path: request.stagePath,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastOf(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    requestContext: requestContext(exchange),
    pathParameters: Object.keys(request.pathParameters).length > 0 ? decodedAll(request.pathParameters) : null,
    stageVariables: exchange.stageVariables,
    body,
    isBase64Encoded,
  };
}

/** Names as sent; `Cookie` and `Content-Length` stay, unlike in format 2.0 and in a REST API. */
function headersOf({ request, traceId }: Exchange): Record<string, string[]> {
  const replaced = ["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];
  const sent = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return (isPassedOn(lower) || lower === "cookie") && !replaced.includes(lower);
  });
  const forwarded = request.headers.filter(([name]) => name.toLowerCase() === "x-forwarded-for");
  return grouped([
    ...sent,
    ["X-Amzn-Trace-Id", traceId],
    ["X-Forwarded-For", [...forwarded.map(([, value]) => value), request.sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ]);
}

/** The route's template; the default route has its key instead. */
function resourceOf({ request, routeKey }: Exchange): string {
  return routeKey === "$default" ? routeKey : request.resource;
}

function requestContext(exchange: Exchange): Record<string, unknown> {
  const { request, caller, routeKey, protocol } = exchange;
  const domain = domainName(request);
  const {
    accessKey = null,
    accountId = null,
    caller: callerId = null,
    user = null,
    userArn = null,
  } = caller?.identity ?? {};
  return {
    accountId: request.api.account,
    apiId: request.api.id,
    ...(caller?.authorizer && { authorizer: caller.authorizer }),
    domainName: domain,
    domainPrefix: domain.split(".")[0],
    // "Equivalent to $context.requestId" (http-api-logging-variables).
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    identity: {
      ...{ accessKey, accountId, caller: callerId },
      ...{ cognitoAmr: null, cognitoAuthenticationProvider: null, cognitoAuthenticationType: null },
      ...{ cognitoIdentityId: null, cognitoIdentityPoolId: null, principalOrgId: null },
      sourceIp: request.sourceIp,
      user,
      // An empty text where a REST API has null.
      userAgent: header(request, "user-agent") ?? "",
      userArn,
      ...(request.clientCert && { clientCert: request.clientCert }),
    },
    path: decoded(request.stagePath),
    protocol,
    requestId: request.requestId,
    requestTime: clfTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt,
    // The route key; the page's example has null.
    resourceId: routeKey ?? "",
    resourcePath: resourceOf(exchange),
    stage: request.api.stage,
  };
}

/** All values of each name, under its first spelling: header names are case-insensitive. */
function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const spelling = new Map<string, string>();
  for (const [name] of pairs) if (!spelling.has(name.toLowerCase())) spelling.set(name.toLowerCase(), name);
  return collected(pairs.map(([name, value]) => [spelling.get(name.toLowerCase())!, value]));
}
