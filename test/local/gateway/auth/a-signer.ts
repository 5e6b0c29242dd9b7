// Signs a call with the AWS SDK's signer, as a client that uses the SDK does.

import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { ApiRequest } from "../../../../local/server/api-request";
import { api } from "./a-request";

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly service?: string;
  readonly region?: string;
  readonly presign?: { readonly expiresIn: number };
  /** Sent and signed in addition to the call's own headers. */
  readonly headers?: Record<string, string>;
  readonly unsignableHeaders?: Set<string>;
}

class Sha256 {
  private readonly hash;
  constructor(secret?: Uint8Array | string) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}

export async function signedRequest(call: ApiRequest, how: Signing): Promise<ApiRequest> {
  const signer = new SignatureV4({
    service: how.service ?? "execute-api",
    region: how.region ?? api.region,
    credentials: how,
    sha256: Sha256 as unknown as ConstructorParameters<typeof SignatureV4>[0]["sha256"],
  });
  const request = {
    method: call.method,
    protocol: "https:",
    hostname: "localhost",
    path: call.stagePath,
    query: Object.fromEntries(new URLSearchParams(call.rawQuery)),
    headers: { ...Object.fromEntries(call.headers), ...how.headers },
    body: call.body,
  };
  const options = { signingDate: new Date(how.at), unsignableHeaders: how.unsignableHeaders };
  const { headers, query } = how.presign
    ? await signer.presign(request, { ...options, expiresIn: how.presign.expiresIn })
    : await signer.sign(request, options);
  const pairs = Object.entries(query ?? {}).map((pair) =>
    pair.map((part) => encodeURIComponent(String(part))).join("="),
  );
  return { ...call, headers: Object.entries(headers), rawQuery: pairs.join("&") };
}
