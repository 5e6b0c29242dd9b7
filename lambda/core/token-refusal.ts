// Why a token is refused: for the operator's log, never for the caller, who gets the same 401 for each of them.

/** The closed list of reasons, in the order in which a token is checked. */
export type RefusalReason =
  | "missing" // no Authorization header, or not the one form `Bearer <token>`
  | "oversized"
  | "malformed" // not a compact JWS of canonical base64url and strict JSON objects
  | "algorithm" // not RS256
  | "type" // a `typ` of another kind of token
  | "critical" // `crit` or `b64`: a rule that we do not know
  | "embedded-key" // the token brings its own key, or says where to fetch one
  | "key-id" // no `kid`, or not a plain string
  | "issuer"
  | "audience"
  | "expired" // `exp` is past, absent or no date
  | "not-yet-valid" // `nbf` is ahead, or no date
  | "issued-ahead" // `iat` is ahead, or no date
  | "kind" // an ID, refresh or logout token
  | "sender-constrained" // bound to a key that a bearer does not show
  | "subject"
  | "scope-form" // `scope` or `scp` is neither words nor a list of words
  | "unknown-key" // the issuer does not publish this `kid`
  | "signature";

export interface Refused {
  readonly refused: RefusalReason;
}

export function isRefused(outcome: object): outcome is Refused {
  return "refused" in outcome;
}
