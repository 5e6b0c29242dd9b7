// What travels through the gateway: a call on its way in, who made it, and why it was refused.

import type { ClientCertificate } from "./client-certificate";
import type { DomainUse } from "./front";
import type { GatewayResponseType } from "./gateway-responses";

/** A request that matched a route of a REST or HTTP API. */
export interface Call {
  readonly api: ApiIdentity;
  /** Answered as `x-amzn-RequestId` (a UUID) by REST APIs, as `apigw-requestid` by HTTP APIs. */
  readonly requestId: string;
  readonly method: string;
  /** Path as sent, percent-encoded, without the stage (or the domain's base path) and the query. */
  readonly path: string;
  /** Path as sent, with the stage, or with the base path of the own domain that it came by. */
  readonly stagePath: string;
  /** The route's template, for example `/v2/models/{model}`. */
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Query as sent, without `?`. */
  readonly rawQuery: string;
  /** Header names as sent and values, in order, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The own domain that it came by; absent: the default endpoint. */
  readonly domain?: DomainUse;
  /** With mutual TLS: the certificate that the client proved to have. */
  readonly clientCert?: ClientCertificate;
}

/** First value of a header, by any casing; `undefined` where it was not sent. */
export function header(call: Pick<Call, "headers">, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return call.headers.find(([sent]) => sent.toLowerCase() === wanted)?.[1];
}

/** `path` of events: without the stage, but with the base path of an own domain (localstack/localstack#12296). */
export function eventPath(call: Pick<Call, "path" | "stagePath" | "domain">): string {
  return call.domain ? call.stagePath : call.path;
}

export interface ApiIdentity {
  /** Physical id of the RestApi: ten characters. */
  readonly id: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

/** ARN of a call for policies: `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`. */
export function methodArn(call: Pick<Call, "api" | "method" | "path">): string {
  const { partition, region, account, id, stage } = call.api;
  return `arn:${partition}:execute-api:${region}:${account}:${id}/${stage}/${call.method}${call.path}`;
}

/** Who made a call that a protection let through: what the function finds in `requestContext`. */
export interface Caller {
  /** The context of a Lambda authorizer with its `principalId`, Cognito's `{ claims }`, or a JWT authorizer's `{ claims, scopes }`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** Fields of `requestContext.identity` that the protection fills (SigV4: accessKey, accountId, caller, user, userArn). */
  readonly identity?: Readonly<Record<string, string>>;
  /** With `apiKeySource` AUTHORIZER: the key that the authorizer named. */
  readonly usageIdentifierKey?: string;
}

/** Why a call is not let through: which gateway response answers it, and the text that its template may quote. */
export interface Refusal {
  readonly refused: GatewayResponseType;
  /** `$context.error.message`; `null` as AWS gives it where it has none. */
  readonly message: string | null;
  /** `x-amzn-ErrorType`, where it differs from the response type's own. */
  readonly errorType?: string;
  /** For the gateway's own log line, never for the caller: which check failed. No credential in it. */
  readonly reason: string;
}

export function isRefusal(outcome: object): outcome is Refusal {
  return "refused" in outcome;
}
