// Splits and decodes a bearer token (RFC 6750 section 2.1, RFC 7515 section 7.1). Nothing in it is trusted yet.

import { strictObject, type JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

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
export function readToken(authorization: unknown): Token | Refused {
  if (typeof authorization !== "string" || authorization === "") return { refused: "missing" };
  // Checked before any parsing, to bound the work that a token can cause.
  if (authorization.length > "Bearer ".length + maxTokenLength) return { refused: "oversized" };
  const match = bearer.exec(authorization);
  if (!match) return { refused: /^Bearer /i.test(authorization) ? "malformed" : "missing" };
  const parts = [match[1]!, match[2]!, match[3]!] as const;
  if (!parts.every(isCanonical)) return { refused: "malformed" };
  const header = strictObject(Buffer.from(parts[0], "base64url"));
  const claims = strictObject(Buffer.from(parts[1], "base64url"));
  if (!header || !claims) return { refused: "malformed" };
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
