// Whether the API lets a key in: a real call of its readiness route, signed where the API asks for a signature too.

import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Proof, Verdict } from "../core/rotation";

/** Milliseconds; a model that loads for the first time takes seconds. */
const timeLimit = 10_000;
const route = "/v2/health/ready";

const verdicts = new Map<number | undefined, Verdict>([
  [200, "let in"],
  [429, "throttled"],
]);

/**
 * A call with the key. Each on a connection of its own, so that it meets another host of API Gateway's fleet.
 * @param apiUrl base, without a slash at the end
 */
export function callProof(apiUrl: string): Proof {
  return (apiKey) => verdictOf(new URL(apiUrl + route), { "x-api-key": apiKey });
}

/** A call with the key, signed with this function's own credentials. @param client whose credentials and region sign */
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

/** Never rejects: what cannot be reached lets nobody in. */
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

/** node:crypto in the shape that the SDK's signer asks for. */
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
