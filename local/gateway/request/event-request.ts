// What the events of a REST API's functions and of its REQUEST authorizers say of the request: both must see the same.

import { header } from "../../server/api-request";
import { clfTime, domainName, type Exchange } from "./exchange";

export type Multi = Record<string, string[]>;

/** An exchange, of which an authorizer that is asked on its own knows the request alone. */
export type Known = Pick<Exchange, "request"> & Partial<Exchange>;

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

/** Spelt so, however they were sent (recorded on AWS: LocalStack, test_lambda_aws_proxy_integration). */
const canonical = new Map(["Authorization", "Host", "User-Agent"].map((name) => [name.toLowerCase(), name]));

/** Each header's values, with those that the gateway sets. */
export function eventHeaders({ request, traceId }: Known): Multi {
  const sent: Multi = dictionary();
  const names = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (dropped.has(lower)) continue;
    const values = names.get(lower);
    if (values) values.push(value);
    else names.set(lower, (sent[canonical.get(lower) ?? name] = [value]));
  }
  const forwarded = names.get("x-forwarded-for");
  if (forwarded) forwarded.splice(0, forwarded.length, [...forwarded, request.sourceIp].join(", "));
  else sent["X-Forwarded-For"] = [request.sourceIp];
  if (traceId !== undefined) sent["X-Amzn-Trace-Id"] = [traceId];
  sent["X-Forwarded-Port"] = ["443"];
  sent["X-Forwarded-Proto"] = ["https"];
  return sent;
}

/** `requestContext`. */
export function eventContext(exchange: Known): Record<string, unknown> {
  const { request, caller, apiKey } = exchange;
  const known = caller?.identity;
  const identity: Record<string, unknown> = {
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
    // An empty one counts as none (aws/aws-lambda-dotnet, BinaryContentRest.json).
    userAgent: header(request, "user-agent") || null,
    user: known?.["user"] ?? null,
  };
  if (request.clientCert) identity["clientCert"] = request.clientCert;
  if (apiKey?.value !== undefined) identity["apiKey"] = apiKey.value;
  if (apiKey?.id !== undefined) identity["apiKeyId"] = apiKey.id;
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
    identity,
    domainName: domainName(request),
    deploymentId: exchange.deploymentId,
    apiId: request.api.id,
  };
  if (caller?.authorizer) context["authorizer"] = caller.authorizer;
  return context;
}

/** All values of each name. */
export function collected(pairs: readonly (readonly [string, string])[]): Multi {
  const all: Multi = dictionary();
  for (const [name, value] of pairs) (all[name] ??= []).push(value);
  return all;
}

/** The last value of each name. */
export function lastOf(multi: Multi): Record<string, string> {
  const last: Record<string, string> = dictionary();
  for (const name in multi) last[name] = multi[name]!.at(-1)!;
  return last;
}

/** Without a prototype: callers choose the keys, which may include `__proto__`. */
function dictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
