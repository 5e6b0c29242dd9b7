// Tests whether the API accepts a key by calling its readiness route, signed if the API also requires that.

import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SignatureV4 } from "@smithy/signature-v4";
import type { KeyTest, KeyTestResult } from "../core/rotation/rotation-context";

/** Milliseconds per request; loading the model for the first time takes seconds. */
const timeLimit = 10_000;
const route = "/v2/health/ready";

const results = new Map<number | undefined, KeyTestResult>([
  [200, "let in"],
  [401, "refused"],
  [403, "refused"],
  [429, "throttled"],
]);

export interface TestedApi {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /**
   * Host to connect to; absent: the one in `url`. An own domain's DNS record may be somebody else's to make, and after
   * the first deployment. Its endpoint exists then, and knows the domain by the Host and the server name (SNI).
   */
  readonly target: string | undefined;
}

/** A request with the key alone. Each request opens a new connection, so that requests reach different hosts of API Gateway. */
export function requestTest(api: TestedApi): KeyTest {
  return (apiKey) => testResult(api, { "x-api-key": apiKey });
}

/**
 * A request with the key and a SigV4 signature, which covers the Host of the API's URL.
 * @param client provides this function's credentials and the API's region
 */
export function signedRequestTest(api: TestedApi, client: APIGatewayClient): KeyTest {
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
    return testResult(api, headers);
  };
}

/** Never rejects. */
function testResult({ url: base, target }: TestedApi, given: Record<string, string>): Promise<KeyTestResult> {
  const url = new URL(base + route);
  const headers = { ...given, host: url.host };
  // The certificate is checked against `servername`, whatever host is connected to.
  const elsewhere = target === undefined ? {} : { hostname: target, servername: url.hostname };
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeLimit);
    const failed = ({ code, name }: NodeJS.ErrnoException) =>
      resolve(`unreachable (${signal.aborted ? "ETIMEDOUT" : (code ?? name)})`);
    const sent = request(url, { headers, signal, agent: false, ...elsewhere }, (response) => {
      response.resume();
      response.on("end", () => resolve(results.get(response.statusCode) ?? `answered ${Number(response.statusCode)}`));
      response.on("error", failed);
    });
    sent.on("error", failed);
    sent.end();
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
