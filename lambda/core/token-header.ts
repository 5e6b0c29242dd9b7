// What a token's header may say. It chooses among the keys that the issuer publishes, and decides nothing else.

import type { JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

/**
 * Kinds of token that can be an access token: `at+jwt` by RFC 9068 section 2.1, `JWT` as Auth0's default profile, Entra ID
 * and Keycloak write it. It may be absent, as Okta and Cognito leave it out; then, as with `JWT`, the claims tell ID tokens apart.
 */
const accessTokenType = /^(application\/)?(at\+)?jwt$/i;

/** Headers by which a token brings its own key (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5, 4.1.6): ours come from the issuer alone. */
const embeddedKeys = ["jwk", "jku", "x5u", "x5c"];

/** Longest `kid` looked up, in characters; issuers use up to 64. */
const maxKeyIdLength = 256;

/** The `kid` by which to look the key up. */
export function keyIdOf(header: JsonObject): { readonly keyId: string } | Refused {
  // Pinned, never taken from the token: RFC 8725 section 3.1. HS256 with the public key and "none" both end here.
  if (header.alg !== "RS256") return { refused: "algorithm" };
  if (header.typ !== undefined && !(typeof header.typ === "string" && accessTokenType.test(header.typ)))
    return { refused: "type" };
  // We implement no extension, so any that must be understood is refused (RFC 7515 section 4.1.11); `b64` is RFC 7797's.
  if ("crit" in header || "b64" in header) return { refused: "critical" };
  if (embeddedKeys.some((name) => name in header)) return { refused: "embedded-key" };
  const keyId = header.kid;
  if (typeof keyId !== "string" || keyId === "" || keyId.length > maxKeyIdLength) return { refused: "key-id" };
  return { keyId };
}
