// Syntax checks: header names and values, and the base64 in which a function returns bytes.

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110 section 5.5. A line break would let a function's input add headers (response splitting).
const text = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isHeaderName(name: string): boolean {
  return token.test(name);
}

export function isHeaderText(value: string): boolean {
  return text.test(value);
}

/** The bytes; `undefined` for invalid base64, which Node skips but AWS refuses ("Unable to base64 decode the body"). */
export function decodedBase64(value: string): Buffer | undefined {
  const bytes = Buffer.from(value, "base64");
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  return value.length % 4 === 0 && bytes.length === (value.length / 4) * 3 - padding ? bytes : undefined;
}
