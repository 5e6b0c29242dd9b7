// What reaches a gateway and what leaves it, whichever kind of API stands behind.

import type { ClientCertificate } from "./client-certificate";

export interface FrontRequest {
  readonly method: string;
  /** Target of the request line, as sent. */
  readonly url: string;
  /** For example `HTTP/1.1`. */
  readonly protocol: string;
  /** Names as sent and values, in order, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Name that the client's TLS handshake asked for (SNI); absent where it asked for none, as for an address. */
  readonly serverName?: string;
  /** The own domain that it came by; absent: it came by the API's default endpoint. */
  readonly domain?: DomainUse;
  /** The certificate that the client proved to have, where the endpoint asks for one; never one that is not trusted. */
  readonly clientCert?: ClientCertificate;
  /** Why the certificate that the client showed is not trusted, for the operator. */
  readonly clientCertFault?: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface DomainUse {
  readonly name: string;
  /** Path under which the domain maps the API, for example `/v1`; empty for its root. */
  readonly basePath: string;
}

export interface FrontResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | string;
  /** The connection can't be trusted to hold a next request. */
  readonly close?: boolean;
}

export interface ServedRoute {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Template, for example `/v2/models/{model}`. */
  readonly path: string;
  /** `NONE`, `AWS_IAM`, `COGNITO_USER_POOLS`, `CUSTOM` or `JWT`. */
  readonly auth: string;
  /** Whether an API key is asked for, alone or on top. */
  readonly keyRequired: boolean;
}

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** An API that a server can stand in front of. */
export interface ServedApi {
  /** Name of the component that declares it, for example `apiGateway`. */
  readonly name: string;
  /** Physical id, ten characters. */
  readonly id: string;
  readonly stage: string;
  /** Path under which its routes are reached, for example `/dev`; empty for `$default`. */
  readonly basePath: string;
  /** Oldest TLS version that its endpoint speaks. */
  readonly minVersion: TlsVersion;
  /** The default endpoint is switched off: only own domains let calls in. */
  readonly closed: boolean;
  /** What answers a body over the limit, while it is still being sent; a REST API's answer where it is absent. */
  readonly bodyTooLarge?: FrontResponse;
  readonly routes: readonly ServedRoute[];
  /** Answers a request; never rejects. */
  respond(request: FrontRequest): Promise<FrontResponse>;
}

/** An answer that the edge gives by itself, before any API's settings apply: `{"message": …}`. */
export function edgeAnswer(status: number, message: string, errorType?: string, close = false): FrontResponse {
  const headers: [string, string][] = [["Content-Type", "application/json"]];
  if (errorType !== undefined) headers.push(["x-amzn-ErrorType", errorType]);
  return { status, headers, body: JSON.stringify({ message }), close };
}
