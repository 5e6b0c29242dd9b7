// Requests and responses of a gateway, independent of the kind of API.

import type { CallTrace } from "./call-trace";
import type { ClientCertificate } from "./client-certificate";

export interface HttpRequest {
  readonly method: string;
  /** Request target, as sent. */
  readonly url: string;
  /** For example `HTTP/1.1`. */
  readonly protocol: string;
  /** Names as sent and values, in order, with duplicates. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /**
   * Server name (SNI) of the TLS handshake; absent if the client sent none, for example when it connects to an address.
   */
  readonly serverName?: string;
  /** The custom domain through which the request came; absent: the default endpoint. */
  readonly domain?: UsedDomain;
  /** The client's verified certificate, if the endpoint requires one; never an untrusted one. */
  readonly clientCert?: ClientCertificate;
  /** Why the client's certificate is not trusted, for the operator. */
  readonly clientCertError?: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Where to note what happens to the request; undefined: nobody watches. Whoever watches sets it before anything else sees the request. */
  trace?: CallTrace | undefined;
}

export interface UsedDomain {
  readonly name: string;
  /** Path under which the domain maps the API, for example `/v1`; empty for the root. */
  readonly basePath: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | string;
  /** Close the connection, because where its next request begins is uncertain. */
  readonly close?: boolean;
}

export interface ServedRoute {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Path template, for example `/v2/models/{model}`. */
  readonly path: string;
  /** `NONE`, `AWS_IAM`, `COGNITO_USER_POOLS`, `CUSTOM` or `JWT`. */
  readonly auth: string;
  /** Whether an API key is required, alone or in addition to `auth`. */
  readonly keyRequired: boolean;
}

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** An API as the gateway has compiled it: what servers, metrics, credentials and console read. */
export interface ServedApi {
  /** Name of the component that declares it, for example `apiGateway`. */
  readonly name: string;
  /** Physical id, ten characters. */
  readonly id: string;
  readonly region: string;
  readonly stage: string;
  /** Path under which its routes are reached, for example `/dev`; empty for `$default`. */
  readonly basePath: string;
  /** Lowest TLS version that the default endpoint accepts. */
  readonly minVersion: TlsVersion;
  /** The default endpoint is disabled: only custom domains reach the API. */
  readonly closed: boolean;
  /** Response to a body over the limit, sent while the client is still sending; absent: a REST API's. */
  readonly bodyTooLarge?: HttpResponse;
  readonly routes: readonly ServedRoute[];
  /** Responds to a request; never rejects. */
  respond(request: HttpRequest): Promise<HttpResponse>;
}

/** A response of the edge itself, to which no API's settings apply: `{"message": …}`. */
export function messageResponse(status: number, message: string, errorType?: string, close = false): HttpResponse {
  const headers: [string, string][] = [["Content-Type", "application/json"]];
  if (errorType !== undefined) headers.push(["x-amzn-ErrorType", errorType]);
  return { status, headers, body: JSON.stringify({ message }), close };
}

// Syntax checks: header names and values, and the base64 in which a function returns bytes.

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110 section 5.5. A line break would let a function's input add headers (response splitting).
const text = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isHeaderName(name: string): boolean {
  return token.test(name);
}

export function isHeaderText(value: string): boolean {
  return text.test(value);
}

/** The bytes; `undefined` for invalid base64, which Node skips but AWS rejects ("Unable to base64 decode the body"). */
export function decodedBase64(value: string): Buffer | undefined {
  const bytes = Buffer.from(value, "base64");
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  return value.length % 4 === 0 && bytes.length === (value.length / 4) * 3 - padding ? bytes : undefined;
}
