// Tests whether the API accepts a key by calling its readiness route, signed if the API also requires that.

import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Proof, Verdict } from "../core/rotation";

/** Milliseconds per call; loading the model for the first time takes seconds. */
const timeLimit = 10_000;
const route = "/v2/health/ready";

const verdicts = new Map<number | undefined, Verdict>([
  [200, "let in"],
  [429, "throttled"],
]);

/**
 * A call with the key alone. Each call opens a new connection, so that calls reach different hosts of API Gateway.
 * @param apiUrl base URL, without a trailing slash
 */
export function callProof(apiUrl: string): Proof {
  return (apiKey) => verdictOf(new URL(apiUrl + route), { "x-api-key": apiKey });
}

/**
 * A call with the key and a SigV4 signature.
 * @param client provides this function's credentials and the API's region
 */
export function signedProof(apiUrl: string, client: APIGatewayClient): Proof {
  const signer = new SignatureV4({
    service: "execute-api",
    region: () => client.config.region(),
    credentials: () => client.config.credentials(),
    sha256: Sha256,
  });
  return async (apiKey) => {
    const url = new URL(apiUrl + route);
    const { headers } = await signer.sign({
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, "x-api-key": apiKey },
    });
    return verdictOf(url, headers);
  };
}

/** Never rejects: an API that cannot be reached counts as `refused`. */
function verdictOf(url: URL, headers: Record<string, string>): Promise<Verdict> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeLimit);
    const call = request(url, { headers, signal, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(verdicts.get(answer.statusCode) ?? "refused"));
      answer.on("error", () => resolve("refused"));
    });
    call.on("error", () => resolve("refused"));
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
