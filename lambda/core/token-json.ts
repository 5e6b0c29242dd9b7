// The JSON of a token's header and claims, read strictly: what two parsers could read differently is not read at all.

import { isUtf8 } from "node:buffer";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deepest nesting accepted. Tokens nest two or three levels; the limit keeps the recursion below flat. */
const maxDepth = 16;

/**
 * The JSON object in these bytes, or `undefined` where they are not valid UTF-8, not an object, nested too deeply, or hold
 * a member twice (RFC 7519 section 4 lets a verifier refuse that; taking the last is how two verifiers come to disagree).
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

/** How many members the objects of a valid JSON text write, duplicates included; `undefined` where it nests too deeply. */
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

/** How many members the parsed value holds: fewer than were written, where one was written twice. */
function membersKept(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let members = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value)) if (typeof child === "object") members += membersKept(child);
  return members;
}
