// Checks the claims of a JWT: an access token of this issuer, for this audience, valid now (RFC 9068 section 4).

import type { JsonObject, TokenError } from "./token";

/** The values that a token must contain, compared exactly. */
export interface Expected {
  /** The `iss` claim, including any trailing slash. */
  readonly issuer: string;
  /** A value of the `aud` claim. */
  readonly audience: string;
}

/** Whom a token represents, and what it allows. */
export interface TokenPrincipal {
  readonly subject: string;
  /** Id of the OAuth client; empty if the token has none. */
  readonly client: string;
  readonly scopes: readonly string[];
  /** `exp`, in seconds since the epoch. */
  readonly expires: number;
}

/**
 * How far ahead of this machine's clock `nbf` and `iat` may be, in seconds; with NTP on both sides, a minute is
 * generous. `exp` gets no leeway, because the policy returned for the token ends at `exp` as well.
 */
export const clockSkew = 60;

/** Last second of the year 9999: policy conditions need a four-digit year. */
const lastDate = 253_402_300_799;

/** Longest subject and client, in characters: OpenID Connect Core section 2 limits `sub` to 255. */
const maxNameLength = 255;

/** Claims that only ID tokens (OpenID Connect Core section 2, 3.3.2.11) and logout or security event tokens (RFC 8417) carry. */
const foreignClaims = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/** @param now seconds since the epoch */
export function tokenPrincipal(claims: JsonObject, expected: Expected, now: number): TokenPrincipal | TokenError {
  if (claims.iss !== expected.issuer) return { error: "issuer" };
  if (!names(claims.aud, expected.audience)) return { error: "audience" };
  const expires = claims.exp;
  if (!isDate(expires) || expires <= now) return { error: "expired" };
  if (claims.nbf !== undefined && !(isDate(claims.nbf) && claims.nbf <= now + clockSkew))
    return { error: "not-yet-valid" };
  if (claims.iat !== undefined && !(isDate(claims.iat) && claims.iat <= now + clockSkew))
    return { error: "issued-ahead" };
  if (!isAccessToken(claims)) return { error: "kind" };
  // RFC 7800: such a token is valid only with proof of possession of a key, which this authorizer cannot check.
  if ("cnf" in claims) return { error: "sender-constrained" };
  const subject = claims.sub;
  // The client id is `client_id` in RFC 9068, `azp` at Auth0 and Keycloak, `cid` at Okta, `appid` at Entra ID.
  const client = claims.client_id ?? claims.azp ?? claims.cid ?? claims.appid ?? "";
  if (!isName(subject) || subject === "" || !isName(client)) return { error: "subject" };
  const scopes = scopesOf(claims);
  return scopes ? { subject, client, scopes, expires } : { error: "scope-form" };
}

/** Whether the `aud` claim, a string or an array of strings (RFC 7519 section 4.1.3), contains the wanted audience. */
function names(audience: unknown, wanted: string): boolean {
  if (typeof audience === "string") return audience === wanted;
  return isTexts(audience) && audience.includes(wanted);
}

function isDate(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= lastDate;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxNameLength;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Rejects other kinds of JWT (RFC 8725 section 3.12). Cognito has a claim `token_use` for that, Keycloak `typ`. */
function isAccessToken(claims: JsonObject): boolean {
  if (foreignClaims.some((claim) => claim in claims)) return false;
  if (claims.token_use !== undefined && claims.token_use !== "access") return false;
  return claims.typ === undefined || claims.typ === "Bearer";
}

/**
 * The scopes in `scope` (RFC 8693 section 4.2), else in `scp` (a string or a list): the claims that HTTP APIs evaluate
 * too. Never those in `permissions`: HTTP APIs ignore it, and REST APIs must not accept more. `undefined` if malformed.
 */
function scopesOf(claims: JsonObject): readonly string[] | undefined {
  const granted = claims.scope ?? claims.scp ?? "";
  if (typeof granted === "string") return granted.split(" ").filter((word) => word !== "");
  return claims.scope === undefined && isTexts(granted) ? granted : undefined;
}

// Checks the header of a JWT. Its only effect is to select one of the keys that the issuer publishes.

/**
 * Values of `typ` for an access token: `at+jwt` in RFC 9068 section 2.1; `JWT` in Auth0's default profile, Entra ID and
 * Keycloak. Okta and Cognito omit it; then, as with `JWT`, the claims distinguish access tokens from ID tokens.
 */
const accessTokenType = /^(application\/)?(at\+)?jwt$/i;

/**
 * Headers that carry or locate a key (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5, 4.1.6). Keys come from the issuer only.
 */
const embeddedKeys = ["jwk", "jku", "x5u", "x5c"];

/** Longest `kid` accepted, in characters; issuers use up to 64. */
const maxKeyIdLength = 256;

/** Checks the header and returns the `kid` of the key to verify the token with. */
export function keyIdOf(header: JsonObject): { readonly keyId: string } | TokenError {
  // Pinned, never taken from the token (RFC 8725 section 3.1): rejects "none", and HS256 keyed with the public key.
  if (header.alg !== "RS256") return { error: "algorithm" };
  if (header.typ !== undefined && !(typeof header.typ === "string" && accessTokenType.test(header.typ)))
    return { error: "type" };
  // No extension is implemented: a token that requires one is rejected (RFC 7515 section 4.1.11, RFC 7797 `b64`).
  if ("crit" in header || "b64" in header) return { error: "critical" };
  if (embeddedKeys.some((name) => name in header)) return { error: "embedded-key" };
  const keyId = header.kid;
  if (typeof keyId !== "string" || keyId === "" || keyId.length > maxKeyIdLength) return { error: "key-id" };
  return { keyId };
}
