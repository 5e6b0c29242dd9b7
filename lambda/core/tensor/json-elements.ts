// Reads tensor elements from JSON, straight from the bytes into the typed array of their datatype.

import { isUtf8 } from "node:buffer";
import type { Datatype, Elements } from "./datatype";
import { toBits } from "./float16";
import type { JsonCursor } from "./json-cursor";
import { scanFloat } from "./json-float";
import { scanBigInteger, scanSmallInteger } from "./json-integer";

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
    const text = cursor.text();
    // onnxruntime-node passes strings to the model as C strings: they would end silently at the first NUL.
    if (text.includes("\0")) throw cursor.unfit("BYTES elements must not contain NUL, but one does", start);
    into[index] = text;
  },
};

/** Which notations of an element are taken: those of V2, or in rows and columns `null` and `{"b64": …}` as well. */
export type Notation = "standard" | "rows";

/** A missing number is `null`: JavaScript writes NaN so, and data frames their gaps. */
const orMissing =
  (read: Read, missing: number): Read =>
  (cursor, into: Exclude<Elements, string[] | BigInt64Array | BigUint64Array>, index) => {
    if (cursor.acceptNull()) into[index] = missing;
    else read(cursor, into as never, index);
  };

const rowReaders: typeof readers = {
  ...readers,
  FP16: orMissing(readers.FP16, toBits(NaN)),
  FP32: orMissing(readers.FP32, NaN),
  FP64: orMissing(readers.FP64, NaN),
  BYTES: (cursor, into: string[], index) => {
    if (cursor.peek() === 0x7b) into[index] = base64(cursor);
    else readers.BYTES(cursor, into as never, index);
  },
};

const readersOf = { standard: readers, rows: rowReaders };

/**
 * Reads `{"b64": "…"}`, text in base64.
 * Source: https://www.tensorflow.org/tfx/serving/api_rest#encoding_binary_values
 */
function base64(cursor: JsonCursor): string {
  const start = cursor.at;
  let bytes: Buffer | undefined;
  cursor.object((key) => {
    if (key !== "b64") throw cursor.unfit('an object for a BYTES element may have "b64" alone', start);
    const encoded = cursor.text();
    if (!/^(?:[\w+/-]{4})*(?:[\w+/-]{2,3}={0,2})?$/.test(encoded)) throw cursor.unfit("b64 must be base64", start);
    bytes = Buffer.from(encoded, "base64");
  });
  if (bytes === undefined) throw cursor.unfit('an object for a BYTES element must have "b64"', start);
  // As for binary tensors: onnxruntime-node passes strings to the model as C strings of UTF-8.
  if (!isUtf8(bytes) || bytes.includes(0)) throw cursor.unfit("BYTES elements must be UTF-8 without NUL", start);
  return bytes.toString("utf8");
}

/** Reads one element into the array at the index. */
export function readElement(
  cursor: JsonCursor,
  datatype: Datatype,
  into: Elements,
  index: number,
  notation: Notation,
): void {
  cursor.peek();
  readersOf[notation][datatype](cursor, into as never, index);
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
  notation: Notation,
): number {
  if (cursor.accept(0x5d)) return from;
  const read = readersOf[notation][datatype];
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
      throw cursor.unfit(`must be an integer between ${least} and ${most}`, start);
    }
    into[index] = value;
  };
}

function wide(least: bigint, most: bigint): Read {
  return (cursor, into: BigInt64Array | BigUint64Array, index) => {
    const start = cursor.at;
    const small = scanSmallInteger(cursor);
    if (small !== undefined && small < 0 && least === 0n) {
      throw cursor.unfit(`must be an integer between ${least} and ${most}`, start);
    }
    into[index] = small === undefined ? scanBigInteger(cursor, least, most) : BigInt(small);
  };
}

function boolean(cursor: JsonCursor): 0 | 1 {
  const start = cursor.at;
  const text = cursor.word();
  if (text === "true" || text === "1") return 1;
  if (text === "false" || text === "0") return 0;
  throw cursor.mismatch("true or false", start);
}

const largestFloat = (2 - 2 ** -23) * 2 ** 127;

/** A value beyond the largest float is accepted if it still rounds to that float, or if Infinity was written. */
function checkFloat(cursor: JsonCursor, start: number, value: number): void {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) throw outOfRange(cursor, start);
}

function outOfRange(cursor: JsonCursor, start: number): Error {
  return cursor.unfit("a number is beyond the range of its datatype", start);
}
