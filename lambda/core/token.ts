// A bearer token taken apart (RFC 6750 section 2.1, RFC 7515 section 7.1): nothing of it is believed yet.

import { strictObject, type JsonObject } from "./token-json";
import type { Refused } from "./token-refusal";

export interface Token {
  /** The compact serialisation, `<header>.<claims>.<signature>`. */
  readonly text: string;
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
  if (!/^Bearer /i.test(authorization)) return { refused: "missing" };
  const parts = bearer.exec(authorization)?.slice(1);
  if (!parts) return { refused: "malformed" };
  const bytes = parts.map((part) => Buffer.from(part, "base64url"));
  // Only the canonical spelling: padding bits that vary would make one signature many tokens, past any revocation or cache.
  if (bytes.some((decoded, index) => decoded.toString("base64url") !== parts[index])) return { refused: "malformed" };
  const header = strictObject(bytes[0]!);
  const claims = strictObject(bytes[1]!);
  if (!header || !claims) return { refused: "malformed" };
  return { text: parts.join("."), header, claims };
}
