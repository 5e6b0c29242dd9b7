// The event of a REST API's Lambda proxy integration (payload format 1.0).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format

import { eventPath, header } from "../../server/api-request";
import { domainName, type Exchange, clfTime } from "../request/exchange";
import { parseQuery } from "../../server/request-target";

type Multi = Record<string, string[]>;

export interface ProxyEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  /** Last value of each header, under the casing in which its name was first sent. */
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

/** Headers that are never passed on, as recorded on AWS; see also api-gateway-known-issues. */
const dropped = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "transfer-encoding",
  "trailer",
  "upgrade",
  "www-authenticate",
  // Set by the gateway (a well-formed trace id is kept): otherwise a function that trusts them would trust its caller.
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-amzn-trace-id",
]);

/** @param binary whether the body is passed as base64 because its Content-Type is a binary media type */
export function proxyEvent(exchange: Exchange, binary: boolean): ProxyEvent {
  const { request } = exchange;
  const headers = headersOf(exchange);
  const query = collect(parseQuery(request.rawQuery));
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
    requestContext: requestContext(exchange),
    body: request.body.length === 0 ? null : request.body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary && request.body.length > 0,
  };
}

function headersOf({ request, traceId }: Exchange): Multi {
  const sent: Multi = dictionary();
  const names = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (dropped.has(lower)) continue;
    const values = names.get(lower);
    if (values) values.push(value);
    else names.set(lower, (sent[name] = [value]));
  }
  const forwarded = names.get("x-forwarded-for");
  if (forwarded) forwarded.splice(0, forwarded.length, [...forwarded, request.sourceIp].join(", "));
  else sent["X-Forwarded-For"] = [request.sourceIp];
  sent["X-Amzn-Trace-Id"] = [traceId];
  sent["X-Forwarded-Port"] = ["443"];
  sent["X-Forwarded-Proto"] = ["https"];
  return sent;
}

function requestContext({ request, caller, apiKey, ...exchange }: Exchange): Record<string, unknown> {
  const known = caller?.identity;
  const context: Record<string, unknown> = {
    resourceId: exchange.resourceId,
    resourcePath: request.resource,
    httpMethod: request.method,
    extendedRequestId: exchange.extendedRequestId,
    requestTime: clfTime(request.receivedAt),
    path: request.stagePath,
    accountId: request.api.account,
    protocol: exchange.protocol,
    stage: request.api.stage,
    domainPrefix: domainName(request).split(".")[0],
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: known?.["accountId"] ?? null,
      cognitoIdentityId: null,
      caller: known?.["caller"] ?? null,
      sourceIp: request.sourceIp,
      principalOrgId: known?.["principalOrgId"] ?? null,
      accessKey: known?.["accessKey"] ?? null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: known?.["userArn"] ?? null,
      userAgent: header(request, "user-agent") ?? null,
      user: known?.["user"] ?? null,
      ...(request.clientCert && { clientCert: request.clientCert }),
      ...(apiKey?.value !== undefined && { apiKey: apiKey.value }),
      ...(apiKey?.id !== undefined && { apiKeyId: apiKey.id }),
    },
    domainName: domainName(request),
    deploymentId: exchange.deploymentId,
    apiId: request.api.id,
  };
  if (caller?.authorizer) context["authorizer"] = caller.authorizer;
  return context;
}

function collect(pairs: readonly (readonly [string, string])[]): Multi {
  const collected: Multi = dictionary();
  for (const [name, value] of pairs) (collected[name] ??= []).push(value);
  return collected;
}

function lastOf(multi: Multi): Record<string, string> {
  const last: Record<string, string> = dictionary();
  for (const name in multi) last[name] = multi[name]!.at(-1)!;
  return last;
}

/** Without a prototype: callers choose the keys, which may include `__proto__`. */
function dictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
