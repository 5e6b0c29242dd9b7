// The signing keys of the local issuer: the newest signs; older ones stay published until they are retired.

import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { SignJWT, type JWTPayload } from "jose";
import type { Grant } from "./token-endpoint";

/** Public keys of user pools, for a gateway that verifies their tokens without calling the issuer. */
export interface PoolKeys {
  /** JSON Web Keys of a pool; empty if the pool is unknown. */
  keys(poolId: string): readonly JsonWebKey[];
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A 2048-bit RSA key, as at Auth0 and Cognito; its id is its RFC 7638 thumbprint. */
export async function newSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const { e, n } = publicKey.export({ format: "jwk" });
  const keyId = createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
  return { keyId, privateKey, publicKey };
}

export class KeyRing {
  /** Newest first. */
  private constructor(private keys: readonly SigningKey[]) {}

  static async create(): Promise<KeyRing> {
    return new KeyRing([await newSigningKey()]);
  }

  /** The key that signs. */
  get current(): SigningKey {
    return this.keys[0]!;
  }

  /** The keys of the JWKS document. */
  published(): readonly JsonWebKey[] {
    return this.keys.map(({ keyId, publicKey }) => {
      const { n, e } = publicKey.export({ format: "jwk" });
      return { kty: "RSA", use: "sig", alg: "RS256", kid: keyId, n, e };
    });
  }

  /**
   * Makes a new key that signs from now on; the previous one stays published, so that its tokens remain valid.
   * @returns id of the previous key
   */
  async rotate(): Promise<string> {
    const retiring = this.current.keyId;
    this.keys = [await newSigningKey(), ...this.keys];
    return retiring;
  }

  /**
   * Removes a key from the JWKS: its tokens are rejected once verifiers fetch the keys again.
   *
   * @throws RangeError for the key that signs
   */
  retire(keyId: string): void {
    if (keyId === this.current.keyId) throw new RangeError("the key that signs cannot be retired: rotate first");
    this.keys = this.keys.filter((key) => key.keyId !== keyId);
  }
}

// Signs access tokens.

/** A token before it is signed. */
export interface Draft {
  readonly claims: JWTPayload;
  /** `typ` header parameter; absent if the grant has none. */
  readonly type?: string;
  readonly key: SigningKey;
}

/** @param now seconds since the epoch */
export function draft(grant: Grant, issuer: string, key: SigningKey, now: number): Draft {
  // Cognito adds the time when the client authenticated, which for client credentials is now.
  const authTime = "token_use" in grant.claims ? { auth_time: now } : {};
  return {
    claims: { iss: issuer, ...grant.claims, ...authTime, iat: now, exp: now + grant.lifetime },
    key,
    ...(grant.type !== undefined && { type: grant.type }),
  };
}

export function sign({ claims, type, key }: Draft): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: key.keyId, ...(type !== undefined && { typ: type }) })
    .sign(key.privateKey);
}
