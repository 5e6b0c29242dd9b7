// What a token's claims must say to be an access token of this issuer, for this audience, now (RFC 9068 section 4).

import type { JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

/** What a token must name, exactly. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
}

/** Who a token speaks for. */
export interface Principal {
  readonly subject: string;
  /** The OAuth client; empty where the issuer names none. */
  readonly client: string;
  readonly scopes: readonly string[];
  /** `exp`, in seconds since the epoch. */
  readonly expires: number;
}

/**
 * How far ahead of our clock `nbf` and `iat` may be, in seconds: both clocks follow NTP, so a minute is generous.
 * `exp` has no leeway, because the policy that the token earns ends at `exp` as well.
 */
export const clockSkew = 60;

/** Last second of the year 9999: later dates have no four-digit year, which policy conditions need. */
const lastDate = 253_402_300_799;

/** Longest subject and client, in characters: OpenID Connect Core section 2 ends `sub` at 255. */
const maxNameLength = 255;

/** Claims that only ID tokens (OpenID Connect Core section 2, 3.3.2.11) and logout or security event tokens (RFC 8417) carry. */
const foreignClaims = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/** @param now seconds since the epoch */
export function principalOf(claims: JsonObject, expected: Expected, now: number): Principal | Refused {
  if (claims.iss !== expected.issuer) return { refused: "issuer" };
  if (!names(claims.aud, expected.audience)) return { refused: "audience" };
  const expires = claims.exp;
  if (!isDate(expires) || expires <= now) return { refused: "expired" };
  if (claims.nbf !== undefined && !(isDate(claims.nbf) && claims.nbf <= now + clockSkew))
    return { refused: "not-yet-valid" };
  if (claims.iat !== undefined && !(isDate(claims.iat) && claims.iat <= now + clockSkew))
    return { refused: "issued-ahead" };
  if (!isAccessToken(claims)) return { refused: "kind" };
  // RFC 7800: such a token is worth nothing without proof of its key, which this protection does not ask for.
  if ("cnf" in claims) return { refused: "sender-constrained" };
  const subject = claims.sub;
  // The client goes by `azp` at Auth0 and Keycloak, `client_id` by RFC 9068, `cid` at Okta, `appid` at Entra ID.
  const client = claims.client_id ?? claims.azp ?? claims.cid ?? claims.appid ?? "";
  if (!isName(subject) || subject === "" || !isName(client)) return { refused: "subject" };
  const scopes = scopesOf(claims);
  return scopes ? { subject, client, scopes, expires } : { refused: "scope-form" };
}

/** RFC 7519 section 4.1.3: a string, or an array of strings. */
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

/** RFC 8725 section 3.12. Cognito says the kind in `token_use`, Keycloak in a claim `typ`. */
function isAccessToken(claims: JsonObject): boolean {
  if (foreignClaims.some((claim) => claim in claims)) return false;
  if (claims.token_use !== undefined && claims.token_use !== "access") return false;
  return claims.typ === undefined || claims.typ === "Bearer";
}

/**
 * Words of `scope` (RFC 8693 section 4.2), else of `scp`, as words or a list: the two that HTTP APIs read as well.
 * Never `permissions`: what one door ignores, the other must not open for. `undefined` where they have another form.
 */
function scopesOf(claims: JsonObject): readonly string[] | undefined {
  const granted = claims.scope ?? claims.scp ?? "";
  if (typeof granted === "string") return granted.split(" ").filter((word) => word !== "");
  return claims.scope === undefined && isTexts(granted) ? granted : undefined;
}
