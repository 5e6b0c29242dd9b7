// The signing keys of the local issuer: the newest signs; older ones stay published until they are retired.

import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** Public keys of user pools, for a gateway that verifies their tokens without calling the issuer. */
export interface KeySource {
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
   * Removes a key from the JWKS: its tokens are refused once verifiers fetch the keys again.
   *
   * @throws RangeError for the key that signs
   */
  retire(keyId: string): void {
    if (keyId === this.current.keyId) throw new RangeError("the key that signs cannot be retired: rotate first");
    this.keys = this.keys.filter((key) => key.keyId !== keyId);
  }
}
