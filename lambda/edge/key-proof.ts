// Tests whether the API accepts a key by calling its readiness route, signed if the API also requires that.

import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Proof, Verdict } from "../core/rotation/rotation-steps";

/** Milliseconds per call; loading the model for the first time takes seconds. */
const timeLimit = 10_000;
const route = "/v2/health/ready";

const verdicts = new Map<number | undefined, Verdict>([
  [200, "let in"],
  [401, "refused"],
  [403, "refused"],
  [429, "throttled"],
]);

export interface ProvenApi {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /**
   * Host to connect to; absent: the one in `url`. An own domain's DNS record may be somebody else's to make, and after
   * the first deployment. Its endpoint exists then, and knows the domain by the Host and the server name (SNI).
   */
  readonly target: string | undefined;
}

/** A call with the key alone. Each call opens a new connection, so that calls reach different hosts of API Gateway. */
export function callProof(api: ProvenApi): Proof {
  return (apiKey) => verdictOf(api, { "x-api-key": apiKey });
}

/**
 * A call with the key and a SigV4 signature, which covers the Host of the API's URL.
 * @param client provides this function's credentials and the API's region
 */
export function signedProof(api: ProvenApi, client: APIGatewayClient): Proof {
  const signer = new SignatureV4({
    service: "execute-api",
    region: () => client.config.region(),
    credentials: () => client.config.credentials(),
    sha256: Sha256,
  });
  return async (apiKey) => {
    const url = new URL(api.url + route);
    const { headers } = await signer.sign({
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, "x-api-key": apiKey },
    });
    return verdictOf(api, headers);
  };
}

/** Never rejects. */
function verdictOf({ url: base, target }: ProvenApi, given: Record<string, string>): Promise<Verdict> {
  const url = new URL(base + route);
  const headers = { ...given, host: url.host };
  // The certificate is checked against `servername`, whatever host is connected to.
  const elsewhere = target === undefined ? {} : { hostname: target, servername: url.hostname };
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeLimit);
    const failed = ({ code, name }: NodeJS.ErrnoException) =>
      resolve(`unreachable (${signal.aborted ? "ETIMEDOUT" : (code ?? name)})`);
    const call = request(url, { headers, signal, agent: false, ...elsewhere }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(verdicts.get(answer.statusCode) ?? `answered ${Number(answer.statusCode)}`));
      answer.on("error", failed);
    });
    call.on("error", failed);
    call.end();
  });
}

/** Adapts node:crypto to the hash interface of the SDK's signer. */
class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {
    throw new Error("a digest is used once");
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
