// The OIDC issuer's signing keys, found by OIDC discovery and cached. No address that a token contains is ever fetched.

import { verify } from "node:crypto";
import { Agent, request, type RequestOptions } from "node:https";
import { validateJwtFields } from "aws-jwt-verify/jwt";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { type SigningKey, signingKeys } from "../core/token/signing-keys";
import type { Token } from "../core/token/token";
import { clockSkew, type Expected } from "../core/token/token-checks";

/** The issuer's keys are unavailable, so no token can be verified and none is accepted. */
export class IssuerUnreachable extends Error {}

/** Age of the cached keys, in milliseconds. */
const age = {
  /** From this age on they are fetched again, so that keys the issuer has withdrawn are dropped. */
  refresh: 10 * 60_000,
  /** If fetching fails, they are used up to this age; then the issuer counts as unreachable. */
  most: 60 * 60_000,
} as const;
/**
 * Milliseconds without another fetch after a failed one, and after an unknown `kid`: tokens with made-up ids cannot
 * cause a flood of fetches.
 */
const pause = { failure: 1_000, unknownKey: 10_000 } as const;

/** Unknown ids for which the keys are fetched again: no path, query or white space. Known ids may be anything. */
const plausibleKeyId = /^(?!.*\.\.)[\w.=+-]{1,128}$/;

export class Issuer {
  private keys: ReadonlyMap<string, SigningKey> = new Map();
  private fetchedAt = -Infinity;
  private failedAt = -Infinity;
  private unknownAt = -Infinity;
  private fetching: Promise<boolean> | undefined;
  private failure: unknown;
  private readonly discovery: string;

  /**
   * @param issuer the issuer exactly as in `iss`: an https URL without user, query or fragment
   * @param now milliseconds since the epoch
   * @throws Error if the issuer is not such a URL
   */
  constructor(
    private readonly issuer: string,
    private readonly connection: Connection = {},
    private readonly now: () => number = Date.now,
  ) {
    const url = new URL(issuer);
    if (url.protocol !== "https:" || url.search !== "" || url.hash !== "" || url.username !== "")
      throw new Error("the issuer must be an https URL without user, query or fragment");
    // OpenID Connect Discovery section 4: a trailing slash is removed before the suffix is appended.
    this.discovery = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  }

  /**
   * The key with this id, or `undefined` if the issuer publishes none.
   *
   * @throws IssuerUnreachable if the keys could not be fetched and the cached ones are too old or lack this id
   */
  async key(keyId: string): Promise<SigningKey | undefined> {
    const renewed = this.now() - this.fetchedAt >= age.refresh && (await this.refresh());
    if (this.now() - this.fetchedAt >= age.most) throw this.unreachable();
    const known = this.keys.get(keyId);
    if (known || !plausibleKeyId.test(keyId) || this.now() - this.unknownAt < pause.unknownKey) return known;
    if (!renewed && !(await this.refresh())) throw this.unreachable();
    const published = this.keys.get(keyId);
    if (!published) this.unknownAt = this.now();
    return published;
  }

  private unreachable(): IssuerUnreachable {
    return new IssuerUnreachable("the issuer's keys cannot be fetched", { cause: this.failure });
  }

  /** Fetches the keys and returns whether that succeeded. Concurrent callers share a fetch; a failure starts a pause. */
  private async refresh(): Promise<boolean> {
    if (this.now() - this.failedAt < pause.failure) return false;
    this.fetching ??= this.fetch()
      .then(
        (keys) => {
          this.keys = keys;
          this.fetchedAt = this.now();
          return true;
        },
        (error: unknown) => {
          this.failure = error;
          this.failedAt = this.now();
          return false;
        },
      )
      .finally(() => {
        this.fetching = undefined;
      });
    return this.fetching;
  }

  private async fetch(): Promise<ReadonlyMap<string, SigningKey>> {
    // Both documents share a connection. It is not kept, since Lambda freezes the execution environment between invocations.
    const agent = new Agent({ keepAlive: true, ...environmentProxy() });
    try {
      const connection = { ...this.connection, agent };
      const metadata = JSON.parse(await httpsDocument(this.discovery, connection)) as Record<string, unknown> | null;
      // Required by OpenID Connect Discovery section 4.3: otherwise one tenant of a host could impersonate another.
      if (metadata?.issuer !== this.issuer) throw new Error("the discovery document names another issuer");
      if (typeof metadata.jwks_uri !== "string") throw new Error("the discovery document has no jwks_uri");
      return signingKeys(await httpsDocument(metadata.jwks_uri, connection));
    } finally {
      agent.destroy();
    }
  }
}

// Fetches a document over HTTPS: with limits on time and size, no redirects, and verified certificates.

/**
 * The limits that HTTP APIs apply to a JWK set: 1,500 ms and 150 KB.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
const timeLimit = 1_500;
const sizeLimit = 150 * 1024;

/**
 * For an agent of one's own, Node.js heeds HTTPS_PROXY only if it is told so; its global one does where NODE_USE_ENV_PROXY is 1 (22.21,
 * 24.5 or newer). Source: https://nodejs.org/api/http.html (Built-in Proxy Support)
 */
function environmentProxy(): object {
  return process.env.NODE_USE_ENV_PROXY === "1" ? { proxyEnv: process.env } : {};
}

/** The agent; and, as PEM, the only authorities trusted, in place of the public ones. */
type Connection = Pick<RequestOptions, "agent" | "ca">;

/**
 * The text of the document.
 *
 * @throws Error if the address is not https, the status is not 200, or a limit is exceeded
 */
function httpsDocument(address: string, connection: Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    // One timeout for the whole exchange: it also stops a server that keeps sending single bytes.
    const signal = AbortSignal.timeout(timeLimit);
    // node:https itself refuses other schemes (ERR_INVALID_PROTOCOL).
    const sent = request(address, { ...connection, signal, headers: { accept: "application/json" } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (error: Error) => {
        sent.destroy();
        reject(error);
      };
      // A redirect is a failure too: it could lead to a host that is not the issuer's.
      if (response.statusCode !== 200) return fail(new Error(`answered ${String(response.statusCode)}, expected 200`));
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > sizeLimit) return fail(new Error(`longer than ${String(sizeLimit)} bytes`));
        chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    });
    sent.on("error", (error) => reject(signal.aborted ? new Error(`no answer within ${String(timeLimit)} ms`) : error));
    sent.end();
  });
}

// Verifies a token's signature with node:crypto, and its issuer, audience and dates a second time with aws-jwt-verify,
// so that a mistake in our own claim checks alone accepts nobody. The library does not verify the signature, because its
// functions for that parse the token again (29 µs of CPU in all instead of 24) or grow the bundle to 23 KB, and cache
// imported keys by `kid`, so that a key which the issuer has replaced under the same `kid` would stay valid.

/**
 * Whether the token has a valid RS256 signature by this key (RFC 7518 section 3.3), and the library accepts its claims.
 */
export function isSigned({ claims, parts: [header, payload, signature] }: Token, key: SigningKey, expected: Expected) {
  if (!verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")))
    return false;
  try {
    validateJwtFields(claims as JwtPayload, { ...expected, graceSeconds: clockSkew });
    return true;
  } catch {
    return false;
  }
}
