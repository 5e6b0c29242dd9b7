// The OIDC issuer: its published keys, found by discovery, cached, and fetched by nothing that a token says.

import { Agent } from "node:https";
import { signingKeys, type SigningKey } from "../core/signing-keys";
import { httpsDocument, type Connection } from "./https-document";

/** The keys cannot be had: no token can be judged, so none is let through. */
export class IssuerUnreachable extends Error {}

/** All in milliseconds. */
const age = {
  /** From then on the keys are fetched again, so that a key the issuer has dropped is dropped here. */
  refresh: 10 * 60_000,
  /** While that fails, the known keys serve until then; afterwards the issuer counts as unreachable. */
  most: 60 * 60_000,
} as const;
/** Pause after a failed fetch, and after a `kid` that a fresh set did not have: made-up ids cause no storm of fetches. */
const pause = { failure: 1_000, unknownKey: 10_000 } as const;

/** Ids for which it is worth to ask the issuer again: no path, no query, no white space. Known ones are found whatever they look like. */
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
   * @param issuer the issuer exactly as in `iss`: an https URL without query or fragment
   * @param now milliseconds since the epoch
   * @throws Error where the issuer is no such URL
   */
  constructor(
    private readonly issuer: string,
    private readonly connection: Connection = {},
    private readonly now: () => number = Date.now,
  ) {
    const url = new URL(issuer);
    if (url.protocol !== "https:" || url.search !== "" || url.hash !== "" || url.username !== "")
      throw new Error("the issuer must be an https URL without user, query or fragment");
    // OpenID Connect Discovery section 4: a slash at the end is dropped before the suffix is added.
    this.discovery = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  }

  /**
   * The key with this id, or `undefined` where the issuer publishes none.
   *
   * @throws IssuerUnreachable where the keys are not known well enough to tell
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

  /** Fetches the keys anew and says whether that worked; concurrent callers share one fetch, and a failure is followed by a pause. */
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
    // One connection serves both documents; it is not kept, since a Lambda environment sleeps between calls.
    const agent = new Agent({ keepAlive: true });
    try {
      const connection = { ...this.connection, agent };
      const metadata = JSON.parse(await httpsDocument(this.discovery, connection)) as Record<string, unknown> | null;
      // OpenID Connect Discovery section 4.3: otherwise one tenant of a host could answer for another.
      if (metadata?.issuer !== this.issuer) throw new Error("the discovery document names another issuer");
      if (typeof metadata.jwks_uri !== "string") throw new Error("the discovery document has no jwks_uri");
      return signingKeys(await httpsDocument(metadata.jwks_uri, connection));
    } finally {
      agent.destroy();
    }
  }
}
