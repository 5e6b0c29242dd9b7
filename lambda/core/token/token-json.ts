// Strict parsing of a token's header and claims: JSON that two parsers could read differently is refused.

import { isUtf8 } from "node:buffer";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deepest nesting accepted. Tokens nest two or three levels; the limit bounds the recursion in `membersKept`. */
const maxDepth = 16;

/**
 * The JSON object in these bytes, or `undefined` if they are not valid UTF-8, not an object, nested too deeply, or
 * contain a duplicate member (RFC 7519 section 4 lets a verifier refuse these; others may read different values).
 */
export function strictObject(bytes: Buffer): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined; // RFC 8725 section 3.7
  const text = bytes.toString("utf8");
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const written = membersWritten(text);
  return written !== undefined && written === membersKept(value) ? (value as JsonObject) : undefined;
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
function membersKept(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let members = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value)) if (typeof child === "object") members += membersKept(child);
  return members;
}
