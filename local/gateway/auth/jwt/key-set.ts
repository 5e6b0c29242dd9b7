// The public keys of an issuer, found by OpenID Connect Discovery and cached as by API Gateway.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

import type { Jwks } from "aws-jwt-verify/jwk";
import { Agent, get } from "node:https";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { recordOf } from "../../../base/record";
import { hostAuthorities, hostProxy } from "../../../base/host-network";

/** "API Gateway can cache the public key for two hours", in milliseconds. */
const longestKept = 2 * 60 * 60_000;

/** Shortest time between two fetches in milliseconds: tokens with unknown keys must not cause a storm of requests. */
const coolDown = 10_000;

/** Fetches a JSON document. @throws Error if it cannot */
export type Fetch = (address: string) => Promise<unknown>;

export class KeySet {
  private keys: Jwks | undefined;
  private keptAt = 0;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private failure = "";

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly issuer: string,
    private readonly fetch: Fetch,
    private readonly clock: () => number,
  ) {}

  /**
   * The cached key set, fetched again if it is too old or lacks the key, but at most once in `coolDown`.
   * @throws Error if there is no key set that is recent enough
   */
  async with(keyId: string): Promise<Jwks> {
    const now = this.clock();
    const old = this.keys === undefined || now - this.keptAt >= longestKept;
    const lacking = !this.keys?.keys.some(({ kid }) => kid === keyId);
    if ((old || lacking) && (this.fetching || now - this.triedAt >= coolDown)) {
      this.fetching ??= this.refresh(now).finally(() => (this.fetching = undefined));
      await this.fetching;
    }
    // Keys past their lifetime do not count: a retired key must stop verifying even if the issuer cannot be reached.
    if (this.keys === undefined || this.clock() - this.keptAt >= longestKept) throw new Error(this.failure);
    return this.keys;
  }

  private async refresh(now: number): Promise<void> {
    this.triedAt = now;
    try {
      const discovery = `${this.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
      const { issuer, jwks_uri: address } = recordOf(await this.fetch(discovery));
      // OpenID Connect Discovery section 4.3.
      if (issuer !== this.issuer) throw new Error("the issuer's discovery document is of another issuer");
      // The fetch itself rejects schemes other than https.
      if (typeof address !== "string") throw new Error("the issuer's discovery document names no jwks_uri");
      const { keys } = recordOf(await this.fetch(address));
      if (!Array.isArray(keys)) throw new Error("the issuer's key set has no keys");
      // Only RSA keys can verify here, and one malformed key would invalidate the whole set.
      const usable = keys.map(recordOf).filter(({ kty, kid }) => kty === "RSA" && typeof kid === "string");
      this.keys = { keys: usable } as unknown as Jwks;
      this.keptAt = now;
    } catch (problem) {
      this.failure = (problem as Error).message || "the issuer could not be reached";
    }
  }
}

// Fetches a JSON document of an issuer: over verified HTTPS, without redirects, within API Gateway's limits.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html ("150,000 bytes", "1500 ms")

const sizeLimit = 150_000;

/**
 * @param authority PEM of a certificate authority to trust besides the public ones and this machine's, for an issuer on this machine
 * @param timeLimitMs ten times API Gateway's own by default: it guards against hanging, since a busy laptop is no measure of AWS
 * @throws Error with a message for the operator
 */
export function issuerDocument(address: string, authority: string | undefined, timeLimitMs = 15_000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // One timeout for the whole exchange, so that a server that trickles bytes is cut off like a silent one.
    const signal = AbortSignal.timeout(timeLimitMs);
    const secureContext = authority === undefined ? undefined : trusting([hostAuthorities(), authority]);
    const agent = new Agent({ proxyEnv: hostProxy(), secureContext } as object);
    const request = get(address, { agent, signal, headers: { accept: "application/json" } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (why: string): void => {
        request.destroy();
        reject(new Error(why));
      };
      // A redirect could lead to a host that is not the issuer's.
      if (response.statusCode !== 200) return fail(`the issuer answered ${String(response.statusCode)}`);
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > sizeLimit) return fail(`the issuer's document is longer than ${sizeLimit} bytes`);
        chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        } catch {
          fail("the issuer's document is not JSON");
        }
      });
    });
    request.on("error", (problem) =>
      reject(signal.aborted ? new Error(`the issuer did not answer within ${timeLimitMs} ms`) : problem),
    );
  });
}

let trusted: { readonly added: string; readonly context: SecureContext } | undefined;

/** Made once for the same authorities: to read the public ones takes a tenth of a second, in which nothing else is answered. */
function trusting(authorities: readonly string[]): SecureContext {
  const added = authorities.join("\n");
  if (trusted?.added !== added)
    trusted = { added, context: createSecureContext({ ca: [...rootCertificates, ...authorities] }) };
  return trusted.context;
}
