// A bearer token taken apart (RFC 6750 section 2.1, RFC 7515 section 7.1): nothing of it is believed yet.

import { strictObject, type JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

export interface Token {
  /** As sent, base64url: header, claims, signature. */
  readonly parts: readonly [header: string, claims: string, signature: string];
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Longest token read, in characters. API Gateway passes 10,240 bytes of headers; access tokens have 1 to 2 KB. */
const maxTokenLength = 8 * 1024;

/** One token of three base64url parts; the scheme's case does not matter (RFC 9110 section 11.1). */
const bearer = /^Bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i;

/** Takes the value of an Authorization header apart. */
export function readToken(authorization: unknown): Token | Refused {
  if (typeof authorization !== "string" || authorization === "") return { refused: "missing" };
  // Before anything is parsed: the work a token can cause is bounded by its length.
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
 * Whether base64url of this alphabet is spelt in the one way an encoder does: the bits that its last character has to spare are
 * zero. Other spellings would make one signature many tokens, past any cache or list of revoked ones.
 */
function isCanonical(part: string): boolean {
  const rest = part.length % 4;
  if (rest === 0) return true;
  const spareBits = rest === 2 ? 0b1111 : 0b11;
  return rest !== 1 && (alphabet.indexOf(part[part.length - 1]!) & spareBits) === 0;
}
