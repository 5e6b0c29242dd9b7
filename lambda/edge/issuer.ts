// The OIDC issuer's signing keys, found by OIDC discovery and cached. No address that a token contains is ever fetched.

import { Agent } from "node:https";
import { signingKeys, type SigningKey } from "../core/token/signing-keys";
import { httpsDocument, type Connection } from "./https-document";

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

  /** Fetches the keys and returns whether that succeeded. Concurrent calls share a fetch; a failure starts a pause. */
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
    // Both documents share a connection. It is not kept, since Lambda freezes the execution environment between calls.
    const agent = new Agent({ keepAlive: true });
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
