// The keys of an issuer's JWK set (RFC 7517) that may verify a token: RSA, for signatures, strong enough.

import { createPublicKey, type KeyObject } from "node:crypto";

/** A public RSA key of 2048 bits at least. */
export type SigningKey = KeyObject;

/** RFC 7518 section 3.3 asks for 2048 bits at least; beyond 8192 a verification costs more than a caller should be able to ask for. */
const modulusBits = { least: 2048, most: 8192 };

/** A small exponent makes forgeries easier (1 makes them trivial); FIPS 186-5 appendix A.1.1 asks for more than 2^16. */
const leastExponent = 65_537n;

/** Most keys taken; issuers publish two or three, and each costs an import. */
const maxKeys = 32;

/**
 * Keys by `kid`. Of a JWK only the public members are taken, so that nothing else in it can matter; a key that is not ours to
 * use (another kind, weak, private parts published, no `kid`) is left out, and tokens signed with it are then of an unknown key.
 *
 * @throws Error where the text is no JWK set
 */
export function signingKeys(text: string): ReadonlyMap<string, SigningKey> {
  const set = JSON.parse(text) as { keys?: unknown } | null;
  if (!Array.isArray(set?.keys)) throw new Error("the JWK set has no array `keys`");
  const usable = set.keys.slice(0, maxKeys).flatMap((published: unknown) => signingKey(published) ?? []);
  // Reversed: of two keys with one `kid` the first counts.
  return new Map(usable.reverse());
}

function signingKey(published: unknown): [kid: string, SigningKey][] | undefined {
  if (typeof published !== "object" || published === null) return undefined;
  const { kty, kid, use, alg, key_ops, n, e, d } = published as Readonly<Record<string, unknown>>;
  if (kty !== "RSA" || typeof kid !== "string" || typeof n !== "string" || typeof e !== "string") return undefined;
  if (use !== undefined && use !== "sig") return undefined;
  if (alg !== undefined && alg !== "RS256") return undefined;
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes("verify"))) return undefined;
  // Its private exponent is public: whoever reads the set can sign.
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
