// Splits and decodes a bearer token (RFC 6750 section 2.1, RFC 7515 section 7.1). Nothing in it is trusted yet.

import { isUtf8 } from "node:buffer";

export interface Token {
  /** The base64url parts as sent. */
  readonly parts: readonly [header: string, claims: string, signature: string];
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Longest token accepted, in characters. API Gateway allows 10,240 bytes of headers; access tokens have 1 to 2 KB. */
const maxTokenLength = 8 * 1024;

/** A token of three base64url parts; the scheme is case-insensitive (RFC 9110 section 11.1). */
const bearer = /^Bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i;

/** Parses the value of an Authorization header. */
export function readToken(authorization: unknown): Token | TokenError {
  if (typeof authorization !== "string" || authorization === "") return { error: "missing" };
  // Checked before any parsing, to bound the work that a token can cause.
  if (authorization.length > "Bearer ".length + maxTokenLength) return { error: "oversized" };
  const match = bearer.exec(authorization);
  if (!match) return { error: /^Bearer /i.test(authorization) ? "malformed" : "missing" };
  const parts = [match[1]!, match[2]!, match[3]!] as const;
  if (!parts.every(isCanonical)) return { error: "malformed" };
  const header = strictObject(Buffer.from(parts[0], "base64url"));
  const claims = strictObject(Buffer.from(parts[1], "base64url"));
  if (!header || !claims) return { error: "malformed" };
  return { parts, header, claims };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Whether a base64url text is the one that an encoder produces, with the unused bits of its last character zero.
 * Decoders accept others too, which would give one token several texts and so bypass a cache or a revocation list.
 */
function isCanonical(part: string): boolean {
  const rest = part.length % 4;
  if (rest === 0) return true;
  const spareBits = rest === 2 ? 0b1111 : 0b11;
  return rest !== 1 && (alphabet.indexOf(part[part.length - 1]!) & spareBits) === 0;
}

// The reasons for rejecting a token: for the operator's log only, since the caller gets the same 401 for all of them.

/** In the order in which a token is checked. */
type TokenErrorReason =
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

export interface TokenError {
  readonly error: TokenErrorReason;
}

export function isTokenError(outcome: object): outcome is TokenError {
  return "error" in outcome;
}

// Strict parsing of a token's header and claims: JSON that two parsers could read differently is rejected.

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deepest nesting accepted. Tokens nest two or three levels; the limit bounds the recursion in `membersKept`. */
const maxDepth = 16;

/**
 * The JSON object in these bytes, or `undefined` if they are not valid UTF-8, not an object, nested too deeply, or
 * contain a duplicate member (RFC 7519 section 4 lets a verifier refuse these; others may read different values).
 */
function strictObject(bytes: Buffer): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined; // RFC 8725 section 3.7
  const text = bytes.toString("utf8");
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const written = membersWritten(text);
  return written !== undefined && written === membersParsed(value) ? (value as JsonObject) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Number of object members in a valid JSON text, including duplicates; `undefined` if it is nested too deeply. */
function membersWritten(text: string): number | undefined {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: on to its closing quote
        for (at++; text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
        break;
      case 0x3a: // a colon outside strings ends a member's name
        members++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > maxDepth) return undefined;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
    }
  }
  return members;
}

/** Number of object members in the parsed value: fewer than were written if there was a duplicate. */
function membersParsed(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let members = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value)) if (typeof child === "object") members += membersParsed(child);
  return members;
}
