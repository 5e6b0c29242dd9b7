// Converts decimal text to floating point straight from the bytes: this dominates the cost of a large JSON request.
// Integers below 2^53 and powers of ten up to 10^22 are exact doubles, so one multiplication or division rounds once,
// correctly (Clinger 1990, "How to read floating point numbers accurately", the fast path). For FP32, longer numbers
// may round several times, as long as the error cannot change the resulting float. Number() converts all others.

import type { JsonCursor } from "./json-cursor";

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Bound on the relative error of a double after a few roundings: 9 times 2^-53. */
const slack = 1e-15;

/** Below this there are at most five roundings, each with a relative error of at most 2^-53: well within `slack`. */
const nineteenDigits = 1e19;

/**
 * Reads one number, or `NaN`, `Infinity`, `-Infinity` as Python and RapidJSON write them. Returns the nearest double, or,
 * for `single`, a double that `Math.fround` rounds to the same float as the nearest double. A finite number beyond the
 * range of doubles is refused; the caller must check the range of its own datatype.
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function scanFloat(cursor: JsonCursor, single: boolean): number {
  const { bytes } = cursor;
  const start = cursor.at;
  let at = start;
  let byte = bytes[at]!;
  const negative = byte === 0x2d;
  if (negative) byte = bytes[++at]!;

  let value = 0;
  let exponent = 0;
  const integer = at;
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + (byte - 0x30);
    byte = bytes[++at]!;
  }
  if (at === integer) return word(cursor, start);
  if (bytes[integer] === 0x30 && at > integer + 1) throw cursor.malformed("a number starts with a zero", start);
  if (byte === 0x2e) {
    byte = bytes[++at]!;
    const fraction = at;
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      byte = bytes[++at]!;
    }
    if (at === fraction) throw cursor.malformed("expected a digit", at);
    exponent = fraction - at;
  }
  if (byte === 0x65 || byte === 0x45) {
    byte = bytes[++at]!;
    const down = byte === 0x2d;
    if (down || byte === 0x2b) byte = bytes[++at]!;
    const from = at;
    let power = 0;
    while (byte >= 0x30 && byte <= 0x39) {
      if (power < 100_000_000) power = power * 10 + (byte - 0x30);
      byte = bytes[++at]!;
    }
    if (at === from) throw cursor.malformed("expected a digit", at);
    exponent += down ? -power : power;
  }
  cursor.at = at;

  if (value === 0) return negative ? -0 : 0;
  if (exponent < -22 || exponent > 22 || value >= nineteenDigits) return exact(cursor, start);
  const rounded = value > Number.MAX_SAFE_INTEGER;
  if (exponent !== 0) value = exponent < 0 ? value / powers[-exponent]! : value * powers[exponent]!;
  if (single) {
    // Near a tie between two floats, rounding to double first and then to float can differ from rounding once.
    if (Math.fround(value * (1 - slack)) !== Math.fround(value * (1 + slack))) return exact(cursor, start);
  } else if (rounded) return exact(cursor, start);
  return negative ? -value : value;
}

/** Converts the text between `start` and the cursor with Number(), which always rounds correctly. */
function exact(cursor: JsonCursor, start: number): number {
  const value = Number(cursor.bytes.toString("latin1", start, cursor.at));
  if (!Number.isFinite(value)) throw cursor.unfit("a number is beyond the range of its datatype", start);
  return value;
}

const words = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

function word(cursor: JsonCursor, start: number): number {
  cursor.at = start;
  const value = words.get(cursor.word());
  if (value !== undefined) return value;
  throw cursor.mismatch("a number", start);
}
