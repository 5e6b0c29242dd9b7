// Decimal text to binary floating point, straight from the bytes: the cost of a large JSON request.
//
// An integer below 2^53 is exact in a double, and so are powers of ten up to 10^22: one multiplication or division rounds
// once, correctly (Clinger 1990, "How to read floating point numbers accurately", the fast path). For FP32 more digits may
// round a few times, as long as every double that the exact value may be rounds to the same float. The rest is Number()'s.

import type { JsonCursor } from "./json-cursor";

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Relative width around a double that was rounded a few times in which the exact value lies: 9 times 2^-53. */
const slack = 1e-15;

/** Up to 19 digits round at most five times, each by 2^-53 or less of the value: well within the slack. */
const nineteenDigits = 1e19;

/**
 * Reads one number, or `NaN`, `Infinity`, `-Infinity` as Python and RapidJSON write them. Returns the nearest double, or,
 * for `single`, a double that `Math.fround` takes to what the nearest double would give. A number that is finite but has
 * no finite double is refused; the caller refuses those that its own type cannot hold.
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
    // Rounding to double first and to float then is not rounding once, near a tie of floats.
    if (Math.fround(value * (1 - slack)) !== Math.fround(value * (1 + slack))) return exact(cursor, start);
  } else if (rounded) return exact(cursor, start);
  return negative ? -value : value;
}

/** The text between `start` and the cursor, by the runtime's own correct conversion. */
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
  if (value === undefined) throw cursor.unfit("expected a number", start);
  return value;
}
