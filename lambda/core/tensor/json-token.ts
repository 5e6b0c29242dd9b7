// What JSON's tokens may look like, and what they are called in messages (RFC 8259).

/** RFC 8259 section 6. */
export const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Whether a byte can be part of a number or a word: letters, digits, `+`, `-`, `.`. */
export function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

export const kinds: Readonly<Record<string, string>> = { "{": "an object", "[": "a list", '"': "a string" };

/** The type of a value that is neither a string nor composed; `undefined` if there is none. */
export function wordKind(word: string): string | undefined {
  if (word === "true" || word === "false") return "a boolean";
  if (word === "null") return word;
  if (jsonNumber.test(word)) return "a number";
  return /^(?:NaN|-?Infinity)$/.test(word) ? "NaN or Infinity" : undefined;
}

export const loneSurrogate = /\p{Surrogate}/u;

/** Decodes the escapes of a string's content (RFC 8259 section 7); `undefined` if one is invalid. */
export function unescaped(text: string): string | undefined {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
