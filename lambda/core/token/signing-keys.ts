// The keys of an issuer's JWK set (RFC 7517) that may verify a token: RSA signature keys of sufficient strength.

import { createPublicKey, type KeyObject } from "node:crypto";

/** A public RSA key of 2048 to 8192 bits. */
export type SigningKey = KeyObject;

/** RFC 7518 section 3.3 requires at least 2048 bits; above 8192, any caller could cause expensive verifications. */
const modulusBits = { least: 2048, most: 8192 };

/**
 * A small exponent makes forgeries easier (1 makes them trivial); FIPS 186-5 appendix A.1.1 requires more than 2^16.
 */
const leastExponent = 65_537n;

/** Limit on the keys read, since each costs an import; issuers publish two or three. */
const maxKeys = 32;

/**
 * The usable keys of a JWK set, by `kid`. Only the public members of a JWK are imported. An unusable key (another type,
 * weak, with its private part published, or without `kid`) is left out; tokens signed with it then have an unknown key.
 *
 * @throws Error if the text is not a JWK set
 */
export function signingKeys(text: string): ReadonlyMap<string, SigningKey> {
  const set = JSON.parse(text) as { keys?: unknown } | null;
  if (!Array.isArray(set?.keys)) throw new Error("the JWK set has no array `keys`");
  const usable = set.keys.slice(0, maxKeys).flatMap((published: unknown) => signingKey(published) ?? []);
  // Reversed, so that of two keys with the same `kid` the first counts.
  return new Map(usable.reverse());
}

function signingKey(published: unknown): [kid: string, SigningKey][] | undefined {
  if (typeof published !== "object" || published === null) return undefined;
  const { kty, kid, use, alg, key_ops, n, e, d } = published as Readonly<Record<string, unknown>>;
  if (kty !== "RSA" || typeof kid !== "string" || typeof n !== "string" || typeof e !== "string") return undefined;
  if (use !== undefined && use !== "sig") return undefined;
  if (alg !== undefined && alg !== "RS256") return undefined;
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes("verify"))) return undefined;
  // The private exponent was published: anyone who reads the set can sign.
  if (d !== undefined) return undefined;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    const strong = modulusLength >= modulusBits.least && modulusLength <= modulusBits.most;
    return strong && publicExponent >= leastExponent ? [[kid, key]] : undefined;
  } catch {
    return undefined;
  }
}
