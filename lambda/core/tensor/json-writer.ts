// Writes tensor elements as JSON: the shortest text that reads back as the same value of the datatype.

import type { Tensor } from "./datatype";
import { fromBits, toBits } from "./float16";

/** Returns a writer for the element at an index. NaN and Infinity are written as Python and RapidJSON read them. */
export function elementWriter({ datatype, data }: Tensor): (index: number) => string {
  if (datatype === "BYTES") return (index) => JSON.stringify(data[index]);
  if (datatype === "BOOL") return (index) => (data[index] === 0 ? "false" : "true");
  if (datatype === "FP32") return (index) => floatText(data[index] as number);
  if (datatype === "FP64") return (index) => float(data[index] as number);
  if (datatype === "FP16") return (index) => float(shortestHalf(data[index] as number));
  return (index) => String(data[index]);
}

/** All elements as a flat JSON list. */
export function writeElements(tensor: Tensor): string {
  if (tensor.data instanceof Float32Array) return `[${writeFloats(tensor.data)}]`;
  const write = elementWriter(tensor);
  const { length } = tensor.data;
  let text = "[";
  for (let index = 0; index < length; index++) text += index === 0 ? write(index) : `,${write(index)}`;
  return `${text}]`;
}

/** `-0.0`, because Python reads `-0` as the integer zero, without a sign. */
function float(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/** The decimal with the fewest digits that rounds to this half-precision number; five digits distinguish any two. */
function shortestHalf(bits: number): number {
  const value = fromBits(bits);
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  for (let digits = 1; digits <= 5; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (toBits(shorter) === bits) return shorter;
  }
  return value;
}

// Writes FP32 values as JSON, straight to bytes: the shortest decimal that reads back as the same float, so 0.1 rather
// than 0.10000000149011612. That halves the size; most values need no formatting as text.

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Output buffer, converted to text when full. Shared by all calls, which is safe because writing is synchronous. */
const chunk = Buffer.allocUnsafeSlow(64 * 1024);

/** Upper bound of the text of one float and what separates it, with room to spare: `],[-340282350000000000000`. */
const longest = 32;

/** All elements, separated by commas; with `],[` after each `width` elements if that is given. */
export function writeFloats(values: Float32Array, width = values.length): string {
  let text = "";
  let at = 0;
  let left = width;
  for (let index = 0; index < values.length; index++, left--) {
    if (at > chunk.length - longest) {
      text += chunk.toString("latin1", 0, at);
      at = 0;
    }
    if (left === 0) {
      chunk[at++] = 0x5d;
      chunk[at++] = 0x2c;
      chunk[at++] = 0x5b;
      left = width;
    } else if (index > 0) chunk[at++] = 0x2c;
    at = writeFloat(values[index]!, at);
  }
  return text + chunk.toString("latin1", 0, at);
}

/** One element. */
export function floatText(value: number): string {
  return chunk.toString("latin1", 0, writeFloat(value, 0));
}

/** From here up to 1e7, nine digits scale to a whole number by a single exact power of ten. */
const leastScaled = 1e-13;

/** Smaller floats (subnormal ones) have fewer significant bits, so fewer digits can be enough. */
const smallestNormal = 2 ** -126;

function writeFloat(value: number, start: number): number {
  const magnitude = Math.abs(value);
  // Whole numbers that a double holds exactly are written in full: 123456792 must not become 123456790.
  if (Number.isSafeInteger(value) || !(magnitude < Infinity)) {
    return start + chunk.write(Object.is(value, -0) ? "-0.0" : String(value), start, "latin1");
  }
  if (!(magnitude >= leastScaled && magnitude < 1e7)) {
    return start + chunk.write(String(shortened(value, magnitude)), start, "latin1");
  }
  const leading = magnitudeOf(magnitude);
  // Nine significant digits distinguish any two floats (IEEE 754-2008 section 5.12.2); most need seven or eight.
  for (let digits = 6; digits < 10; digits++) {
    const decimals = digits - leading;
    if (decimals < 0) continue;
    const whole = Math.round(magnitude * powers[decimals]!);
    const shorter = whole / powers[decimals]!;
    if (Math.fround(shorter) !== magnitude) continue;
    let at = start;
    if (value < 0) chunk[at++] = 0x2d;
    if (magnitude >= 1e-6) return writeDecimal(whole, decimals, at);
    return at + chunk.write(String(shorter), at, "latin1");
  }
  return start + chunk.write(String(value), start, "latin1");
}

/**
 * The first of the decimals closest to the float, by increasing number of digits, that rounds back to it. For all
 * floats but three (2^-96, 2^87 and 2^90, which get one digit too many) no shorter decimal exists.
 */
function shortened(value: number, magnitude: number): number {
  for (let digits = magnitude < smallestNormal ? 1 : 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

/** Number of digits before the decimal point; for values below one, minus the number of zeros after it. */
function magnitudeOf(magnitude: number): number {
  if (magnitude >= 1) {
    let digits = 1;
    while (magnitude >= powers[digits]!) digits++;
    return digits;
  }
  let zeros = 0;
  while (magnitude * powers[zeros + 1]! < 1) zeros++;
  return -zeros;
}

/**
 * Writes `whole` / 10^`decimals` without trailing zeros, and with a digit before the point. Returns the end position.
 */
function writeDecimal(whole: number, decimals: number, start: number): number {
  let left = whole;
  let places = decimals;
  while (places > 0 && left % 10 === 0) {
    left /= 10;
    places--;
  }
  let digits = 1;
  while (left >= powers[digits]!) digits++;
  // At least one digit precedes the point.
  const total = Math.max(digits, places + 1);
  const end = start + total + (places > 0 ? 1 : 0);
  let at = end;
  for (let written = 0; written < total; written++) {
    if (written === places && places > 0) chunk[--at] = 0x2e;
    const rest = Math.floor(left / 10);
    chunk[--at] = 0x30 + (left - rest * 10);
    left = rest;
  }
  return end;
}
