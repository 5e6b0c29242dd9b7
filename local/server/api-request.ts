// A request that a gateway evaluates, and its authenticated caller.

import type { ClientCertificate } from "./client-certificate";
import type { UsedDomain } from "./http-message";

/** A request that matched a route of a REST or HTTP API. */
export interface ApiRequest {
  readonly api: ApiIdentity;
  /** UUID sent as `x-amzn-RequestId` by a REST API; an HTTP API sends its own form of id as `apigw-requestid`. */
  readonly requestId: string;
  readonly method: string;
  /** Path as sent, percent-encoded, without stage or base path and without query. */
  readonly path: string;
  /**
   * REST API: the path as sent, if slashes after the stage were taken for one (`//x` for `/x`): policies judge both.
   */
  readonly sentPath?: string;
  /** Path as sent, including the stage or the base path of a custom domain. */
  readonly stagePath: string;
  /** The route's template, for example `/v2/models/{model}`. */
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Query as sent, without `?`. */
  readonly rawQuery: string;
  /** Names as sent and values, in order, with duplicates. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The custom domain through which the request came; absent: the default endpoint. */
  readonly domain?: UsedDomain;
  /** With mutual TLS: the client's verified certificate. */
  readonly clientCert?: ClientCertificate;
}

/** First value of a header, with a case-insensitive name; `undefined` if it was not sent. */
export function header(request: Pick<ApiRequest, "headers">, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return request.headers.find(([sent]) => sent.toLowerCase() === wanted)?.[1];
}

/** `path` of events: without the stage, but with the base path of a custom domain (localstack/localstack#12296). */
export function eventPath(request: Pick<ApiRequest, "path" | "stagePath" | "domain">): string {
  return request.domain ? request.stagePath : request.path;
}

export interface ApiIdentity {
  /** Physical id of the API: ten characters. */
  readonly id: string;
  readonly stage: string;
  readonly region: string;
  /** Account id: 12 digits. */
  readonly account: string;
  readonly partition: string;
}

/** ARN of the request, for policies: `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`. */
export function methodArn(request: Pick<ApiRequest, "api" | "method" | "path">): string {
  const { partition, region, account, id, stage } = request.api;
  return `arn:${partition}:execute-api:${region}:${account}:${id}/${stage}/${request.method}${request.path}`;
}

/** The authenticated caller, as the function sees it in `requestContext`. */
export interface Caller {
  /** A Lambda authorizer's context and `principalId`, Cognito's `{ claims }`, or a JWT's `{ claims, scopes }`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /**
   * Fields of `requestContext.identity` that SigV4 authentication fills: accessKey, accountId, caller, user, userArn.
   */
  readonly identity?: Readonly<Record<string, string>>;
  /** If `apiKeySource` is AUTHORIZER: the API key that the authorizer returned. */
  readonly usageIdentifierKey?: string;
}
