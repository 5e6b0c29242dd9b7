// The event of a Lambda integration, payload version 2.0, as an HTTP API makes it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

import { isUtf8 } from "node:buffer";
import { type Caller, header } from "../call";
import { clfTime } from "../clf-time";
import { domainName, type Exchange } from "../exchange";
import { mediaType } from "../media-types";
import { parseQuery } from "../request-target";

export interface HttpEvent {
  readonly version: "2.0";
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  /** Lower-case names; values of the same name joined by commas. */
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly requestContext: Record<string, unknown>;
  readonly pathParameters?: Record<string, string>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** Never passed on: they belong to the connection, or travel as `cookies`. */
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

/** @param iam whether the caller was authorized by IAM; otherwise its claims are a token's */
export function httpEvent(exchange: Exchange, iam: boolean): HttpEvent {
  const { call, routeKey = "" } = exchange;
  const cookies = valuesOf(exchange, "cookie").flatMap((value) => value.split(/; */).filter((one) => one !== ""));
  const query = joined(parseQuery(call.rawQuery));
  const hasParameters = Object.keys(call.pathParameters).length > 0;
  return {
    version: "2.0",
    routeKey,
    // Decoded, other than its name says, and other than in REST APIs (hotsock/voker#8, captured on AWS).
    rawPath: decoded(call.stagePath),
    rawQueryString: call.rawQuery,
    ...(cookies.length > 0 && { cookies }),
    headers: headersOf(exchange),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: requestContext(exchange, iam),
    ...(hasParameters && { pathParameters: decodedAll(call.pathParameters) }),
    ...(exchange.stageVariables && { stageVariables: exchange.stageVariables }),
    ...bodyOf(exchange),
  };
}

function headersOf(exchange: Exchange): Record<string, string> {
  const { call, traceId } = exchange;
  const pairs = call.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = joined(pairs.filter(([name]) => !dropped.has(name)));
  // Only the gateway itself may say these: what the caller sent under their names is replaced.
  headers["x-amzn-trace-id"] = traceId;
  headers["x-forwarded-for"] = [...valuesOf(exchange, "x-forwarded-for"), call.sourceIp].join(", ");
  headers["x-forwarded-port"] = "443";
  headers["x-forwarded-proto"] = "https";
  return headers;
}

function requestContext({ call, caller, protocol, routeKey }: Exchange, iam: boolean): Record<string, unknown> {
  const domain = domainName(call);
  const authorizer = authorizerOf(caller, iam);
  return {
    accountId: call.api.account,
    apiId: call.api.id,
    ...(call.clientCert && { authentication: { clientCert: call.clientCert } }),
    ...(authorizer && { authorizer }),
    domainName: domain,
    domainPrefix: domain.split(".")[0],
    http: {
      method: call.method,
      path: decoded(call.stagePath),
      protocol,
      sourceIp: call.sourceIp,
      userAgent: header(call, "user-agent") ?? "",
    },
    requestId: call.requestId,
    routeKey,
    stage: call.api.stage,
    time: clfTime(call.receivedAt),
    timeEpoch: call.receivedAt,
  };
}

function authorizerOf(caller: Caller | undefined, iam: boolean): Record<string, unknown> | undefined {
  if (!iam) return caller?.authorizer && { jwt: caller.authorizer };
  const { accessKey, accountId, caller: callerId, userArn, user } = caller?.identity ?? {};
  return {
    iam: { accessKey, accountId, callerId, cognitoIdentity: null, principalOrgId: null, userArn, userId: user },
  };
}

/** These travel as text, all others as base64, also those without a type (measured on AWS). */
const textual = /^(?:text\/.*|application\/(?:json|xml|javascript))$/;

function bodyOf({ call }: Exchange): Pick<HttpEvent, "body" | "isBase64Encoded"> {
  if (call.body.length === 0) return { isBase64Encoded: false };
  const type = mediaType(header(call, "content-type") ?? "");
  // Compressed JSON is no text: what is not UTF-8 would not survive.
  const text = textual.test(type) && isUtf8(call.body);
  return { body: call.body.toString(text ? "utf8" : "base64"), isBase64Encoded: !text };
}

function valuesOf({ call }: Exchange, name: string): string[] {
  return call.headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value);
}

/** Without a prototype: a caller names these keys, `__proto__` among them. */
function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairs) record[name] = name in record ? `${record[name]},${value}` : value;
  return record;
}

function decodedAll(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decoded(value)]));
}

/** The target was refused where its escapes are broken. */
function decoded(path: string): string {
  return decodeURIComponent(path);
}
