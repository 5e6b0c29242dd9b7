// Converts JSON numbers to integers exactly: `1.0` and `1e3` are integers, `1.5` is not, and nothing is rounded.

import type { JsonCursor } from "./json-cursor";

const number = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Digits of the largest 64-bit integer, 18446744073709551615. */
const mostDigits = 20;

/** Reads an integer of up to 15 plain digits; any other number is not consumed, and `undefined` is returned. */
export function scanSmallInteger(cursor: JsonCursor): number | undefined {
  const { bytes } = cursor;
  let { at } = cursor;
  let byte = bytes[at]!;
  const negative = byte === 0x2d;
  if (negative) byte = bytes[++at]!;
  const first = at;
  let value = 0;
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + (byte - 0x30);
    byte = bytes[++at]!;
  }
  const digits = at - first;
  if (digits === 0 || digits > 15 || (digits > 1 && bytes[first] === 0x30)) return undefined;
  // A fraction or an exponent follows.
  if (byte === 0x2e || byte === 0x65 || byte === 0x45) return undefined;
  cursor.at = at;
  return negative ? 0 - value : value;
}

/** Reads an integer between `least` and `most` in any notation. @throws Failure `invalid-request` */
export function scanBigInteger(cursor: JsonCursor, least: bigint, most: bigint): bigint {
  cursor.peek();
  const start = cursor.at;
  const match = number.exec(cursor.word());
  if (match === null) throw cursor.mismatch("an integer", start);
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  // The value is `digits` × 10^`exponent`, with neither leading nor trailing zeros in `digits`.
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return 0n;
  const exponent = Number(power) - fraction.length + (all.length - digits.length);
  if (exponent < 0) throw cursor.unfit("must be an integer, not a fraction,", start);
  // The length is checked first: a huge power of ten (`1e1000000000`) must never be computed.
  const value = digits.length + exponent > mostDigits ? undefined : BigInt(digits) * 10n ** BigInt(exponent);
  const signed = sign === "-" && value !== undefined ? -value : value;
  if (signed === undefined || signed < least || signed > most) {
    throw cursor.unfit(`must be an integer between ${least} and ${most}`, start);
  }
  return signed;
}
