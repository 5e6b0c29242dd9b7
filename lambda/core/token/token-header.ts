// Checks the header of a JWT. Its only effect is to select one of the keys that the issuer publishes.

import type { JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

/**
 * Values of `typ` for an access token: `at+jwt` in RFC 9068 section 2.1; `JWT` in Auth0's default profile, Entra ID and
 * Keycloak. Okta and Cognito omit it; then, as with `JWT`, the claims tell access tokens from ID tokens.
 */
const accessTokenType = /^(application\/)?(at\+)?jwt$/i;

/**
 * Headers that carry or locate a key (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5, 4.1.6). Keys come from the issuer only.
 */
const embeddedKeys = ["jwk", "jku", "x5u", "x5c"];

/** Longest `kid` accepted, in characters; issuers use up to 64. */
const maxKeyIdLength = 256;

/** Checks the header and returns the `kid` of the key to verify the token with. */
export function keyIdOf(header: JsonObject): { readonly keyId: string } | Refused {
  // Pinned, never taken from the token (RFC 8725 section 3.1): refuses "none", and HS256 keyed with the public key.
  if (header.alg !== "RS256") return { refused: "algorithm" };
  if (header.typ !== undefined && !(typeof header.typ === "string" && accessTokenType.test(header.typ)))
    return { refused: "type" };
  // No extension is implemented: a token that requires one is refused (RFC 7515 section 4.1.11, RFC 7797 `b64`).
  if ("crit" in header || "b64" in header) return { refused: "critical" };
  if (embeddedKeys.some((name) => name in header)) return { refused: "embedded-key" };
  const keyId = header.kid;
  if (typeof keyId !== "string" || keyId === "" || keyId.length > maxKeyIdLength) return { refused: "key-id" };
  return { keyId };
}
