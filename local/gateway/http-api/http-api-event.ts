// The event of an HTTP API's Lambda integration (payload format 2.0).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

import { isUtf8 } from "node:buffer";
import { type Caller, header } from "../../server/api-request";
import { domainName, type Exchange, clfTime } from "../request/exchange";
import { mediaType } from "../request/media-types";
import { parseQuery } from "../../server/request-target";

export interface HttpApiEvent {
  readonly version: "2.0";
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  /** Names in lower case; the values of a repeated name are joined by commas. */
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly requestContext: Record<string, unknown>;
  readonly pathParameters?: Record<string, string>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** Headers that are never passed on: they belong to the connection, or are passed as `cookies`. */
const dropped = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "cookie",
]);

/** @param name in lower case */
export function isPassedOn(name: string): boolean {
  return !dropped.has(name);
}

/** How a route authorizes its callers: none, a signature, a JWT authorizer or a Lambda authorizer. */
export type RouteAuth = "NONE" | "AWS_IAM" | "JWT" | "CUSTOM";

/** @param auth of the route, which decides where the event has what is known of the caller */
export function httpApiEvent(exchange: Exchange, auth: RouteAuth): HttpApiEvent {
  return { ...eventWithoutBody(exchange, auth), ...bodyOf(exchange) };
}

/** What the event says of the request, apart from its body: an authorizer's event has no more. */
export function eventWithoutBody(exchange: Exchange, auth: RouteAuth): Omit<HttpApiEvent, "body" | "isBase64Encoded"> {
  const { request, routeKey = "" } = exchange;
  const cookies = valuesOf(exchange, "cookie").flatMap((value) => value.split(/; */).filter((one) => one !== ""));
  const query = joined(parseQuery(request.rawQuery));
  const hasParameters = Object.keys(request.pathParameters).length > 0;
  return {
    version: "2.0",
    routeKey,
    // Decoded, despite its name and unlike in a REST API (hotsock/voker#8, captured on AWS).
    rawPath: decoded(request.stagePath),
    rawQueryString: request.rawQuery,
    ...(cookies.length > 0 && { cookies }),
    headers: headersOf(exchange),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: requestContext(exchange, auth),
    ...(hasParameters && { pathParameters: decodedAll(request.pathParameters) }),
    ...(exchange.stageVariables && { stageVariables: exchange.stageVariables }),
  };
}

function headersOf(exchange: Exchange): Record<string, string> {
  const { request, traceId } = exchange;
  const pairs = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = joined(pairs.filter(([name]) => isPassedOn(name)));
  // Set by the gateway in place of what the caller sent; a well-formed trace id is kept, and X-Forwarded-For extended.
  headers["x-amzn-trace-id"] = traceId;
  headers["x-forwarded-for"] = [...valuesOf(exchange, "x-forwarded-for"), request.sourceIp].join(", ");
  headers["x-forwarded-port"] = "443";
  headers["x-forwarded-proto"] = "https";
  return headers;
}

function requestContext({ request, caller, protocol, routeKey }: Exchange, auth: RouteAuth): Record<string, unknown> {
  const domain = domainName(request);
  const authorizer = authorizerOf(caller, auth);
  return {
    accountId: request.api.account,
    apiId: request.api.id,
    ...(request.clientCert && { authentication: { clientCert: request.clientCert } }),
    ...(authorizer && { authorizer }),
    domainName: domain,
    domainPrefix: domain.split(".")[0],
    http: {
      method: request.method,
      path: decoded(request.stagePath),
      protocol,
      sourceIp: request.sourceIp,
      userAgent: header(request, "user-agent") ?? "",
    },
    requestId: request.requestId,
    routeKey,
    stage: request.api.stage,
    time: clfTime(request.receivedAt),
    timeEpoch: request.receivedAt,
  };
}

function authorizerOf(caller: Caller | undefined, auth: RouteAuth): Record<string, unknown> | undefined {
  if (auth === "NONE") return undefined;
  if (auth === "JWT") return caller?.authorizer && { jwt: caller.authorizer };
  // Always there (aws-powertools/powertools-lambda-python#3453), so without a context it is null.
  if (auth === "CUSTOM") return { lambda: caller?.authorizer ?? null };
  const { accessKey, accountId, caller: callerId, userArn, user } = caller?.identity ?? {};
  return {
    iam: { accessKey, accountId, callerId, cognitoIdentity: null, principalOrgId: null, userArn, userId: user },
  };
}

/** Media types passed as text; all others, and bodies without a type, are passed as base64 (measured on AWS). */
const textual = /^(?:text\/.*|application\/(?:json|xml|javascript))$/;

export function bodyOf({ request }: Exchange): Pick<HttpApiEvent, "body" | "isBase64Encoded"> {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const type = mediaType(header(request, "content-type") ?? "");
  // A compressed body may have a text type; bytes that are not UTF-8 would be corrupted as text.
  const text = textual.test(type) && isUtf8(request.body);
  return { body: request.body.toString(text ? "utf8" : "base64"), isBase64Encoded: !text };
}

function valuesOf({ request }: Exchange, name: string): string[] {
  return request.headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value);
}

/** Without a prototype: callers choose the keys, which may include `__proto__`. */
function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairs) record[name] = name in record ? `${record[name]},${value}` : value;
  return record;
}

export function decodedAll(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decoded(value)]));
}

/** Cannot throw: a target with malformed escapes has been rejected already. */
export function decoded(path: string): string {
  return decodeURIComponent(path);
}
