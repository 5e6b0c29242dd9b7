// The reasons for refusing a token: for the operator's log only, since the caller gets the same 401 for all of them.

/** In the order in which a token is checked. */
export type RefusalReason =
  | "missing" // no Authorization header, or not the one form `Bearer <token>`
  | "oversized"
  | "malformed" // not a compact JWS of canonical base64url and strict JSON objects
  | "algorithm" // not RS256
  | "type" // a `typ` of another kind of token
  | "critical" // `crit` or `b64`: requires an extension that is not implemented
  | "embedded-key" // the token contains a key, or says where to fetch one
  | "key-id" // `kid` is missing, empty, too long or not a string
  | "issuer"
  | "audience"
  | "expired" // `exp` is in the past, missing or not a date
  | "not-yet-valid" // `nbf` is in the future, or not a date
  | "issued-ahead" // `iat` is in the future, or not a date
  | "kind" // an ID, refresh or logout token
  | "sender-constrained" // bound to a key, whose possession a bearer token does not prove
  | "subject" // `sub` is missing or empty, or `sub` or the client id is malformed or too long
  | "scope-form" // `scope` is not a string, or `scp` neither a string nor a list of strings
  | "unknown-key" // the issuer does not publish this `kid`
  | "signature";

export interface Refused {
  readonly refused: RefusalReason;
}

export function isRefused(outcome: object): outcome is Refused {
  return "refused" in outcome;
}
