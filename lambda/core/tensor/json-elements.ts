// Reads tensor elements from JSON, straight from the bytes into the typed array of their datatype.

import type { Datatype, Elements } from "./datatype";
import { toBits } from "./float16";
import type { JsonCursor } from "./json-cursor";
import { scanFloat } from "./json-float";

// Converts JSON numbers to integers exactly: `1.0` and `1e3` are integers, `1.5` is not, and nothing is rounded.

const number = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Digits of the largest 64-bit integer, 18446744073709551615. */
const mostDigits = 20;

/** Reads an integer of up to 15 plain digits; any other number is not consumed, and `undefined` is returned. */
function scanSmallInteger(cursor: JsonCursor): number | undefined {
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
  if (match === null) throw cursor.unfit("expected an integer", start);
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  // The value is `digits` × 10^`exponent`, with neither leading nor trailing zeros in `digits`.
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return 0n;
  const exponent = Number(power) - fraction.length + (all.length - digits.length);
  if (exponent < 0) throw cursor.unfit("expected an integer", start);
  // The length is checked first: a huge power of ten (`1e1000000000`) must never be computed.
  const value = digits.length + exponent > mostDigits ? undefined : BigInt(digits) * 10n ** BigInt(exponent);
  const signed = sign === "-" && value !== undefined ? -value : value;
  if (signed === undefined || signed < least || signed > most) {
    throw cursor.unfit(`expected an integer between ${least} and ${most}`, start);
  }
  return signed;
}

/** Reads one element, with the cursor on its first byte, into the array at the index. */
type Read = (cursor: JsonCursor, into: never, index: number) => void;

const readers: Readonly<Record<Datatype, Read>> = {
  BOOL: (cursor, into: Uint8Array, index) => {
    into[index] = boolean(cursor);
  },
  UINT8: integer(0, 0xff),
  UINT16: integer(0, 0xffff),
  UINT32: integer(0, 0xffffffff),
  UINT64: wide(0n, 2n ** 64n - 1n),
  INT8: integer(-0x80, 0x7f),
  INT16: integer(-0x8000, 0x7fff),
  INT32: integer(-0x80000000, 0x7fffffff),
  INT64: wide(-(2n ** 63n), 2n ** 63n - 1n),
  FP16: (cursor, into: Uint16Array, index) => {
    const start = cursor.at;
    const value = scanFloat(cursor, false);
    into[index] = toBits(value);
    if ((into[index]! & 0x7fff) === 0x7c00 && Number.isFinite(value)) throw outOfRange(cursor, start);
  },
  FP32: (cursor, into: Float32Array, index) => {
    const start = cursor.at;
    const value = scanFloat(cursor, true);
    into[index] = value;
    if (value > largestFloat || value < -largestFloat) checkFloat(cursor, start, value);
  },
  FP64: (cursor, into: Float64Array, index) => {
    into[index] = scanFloat(cursor, false);
  },
  BYTES: (cursor, into: string[], index) => {
    const start = cursor.at;
    const text = cursor.string();
    // onnxruntime-node passes strings to the model as C strings: they would end silently at the first NUL.
    if (text.includes("\0")) throw cursor.unfit("BYTES elements must not contain NUL, but one does", start);
    into[index] = text;
  },
};

/** Reads one element into the array at the index. */
export function readElement(cursor: JsonCursor, datatype: Datatype, into: Elements, index: number): void {
  cursor.peek();
  readers[datatype](cursor, into as never, index);
}

/**
 * Reads the elements of a list and its closing `]`, with the cursor after the `[`, into the array from index `from` on.
 * Returns the index after the last element. A list with an element at `limit` or beyond is refused.
 */
export function readElements(
  cursor: JsonCursor,
  datatype: Datatype,
  into: Elements,
  from: number,
  limit: number,
): number {
  if (cursor.accept(0x5d)) return from;
  const read = readers[datatype];
  let index = from;
  do {
    if (index >= limit) throw cursor.unfit("a list has more elements than the shape says");
    cursor.peek();
    read(cursor, into as never, index++);
  } while (cursor.accept(0x2c));
  cursor.expect(0x5d);
  return index;
}

function integer(least: number, most: number): Read {
  return (cursor, into: Exclude<Elements, string[] | BigInt64Array | BigUint64Array>, index) => {
    const start = cursor.at;
    const value = scanSmallInteger(cursor) ?? Number(scanBigInteger(cursor, BigInt(least), BigInt(most)));
    if (value < least || value > most) {
      throw cursor.unfit(`expected an integer between ${least} and ${most}`, start);
    }
    into[index] = value;
  };
}

function wide(least: bigint, most: bigint): Read {
  return (cursor, into: BigInt64Array | BigUint64Array, index) => {
    const start = cursor.at;
    const small = scanSmallInteger(cursor);
    if (small !== undefined && small < 0 && least === 0n) {
      throw cursor.unfit(`expected an integer between ${least} and ${most}`, start);
    }
    into[index] = small === undefined ? scanBigInteger(cursor, least, most) : BigInt(small);
  };
}

function boolean(cursor: JsonCursor): 0 | 1 {
  const start = cursor.at;
  const text = cursor.word();
  if (text === "true" || text === "1") return 1;
  if (text === "false" || text === "0") return 0;
  throw cursor.unfit("expected true or false", start);
}

const largestFloat = (2 - 2 ** -23) * 2 ** 127;

/** A value beyond the largest float is accepted if it still rounds to that float, or if Infinity was written. */
function checkFloat(cursor: JsonCursor, start: number, value: number): void {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) throw outOfRange(cursor, start);
}

function outOfRange(cursor: JsonCursor, start: number): Error {
  return cursor.unfit("a number is beyond the range of its datatype", start);
}
