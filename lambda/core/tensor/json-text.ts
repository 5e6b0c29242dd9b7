// JSON text as it is written: straight to bytes, which halves the time of a large answer, and no longer than its limit.

import { tooLarge } from "../failure";

/** Output buffer, converted to text when full. Shared: texts are written synchronously, one after the other. */
const chunk = Buffer.allocUnsafeSlow(64 * 1024);

/** Upper bound of the text of one number, with room to spare: `-340282350000000000000`, `-1.7976931348623157e+308`. */
const longestNumber = 32;

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

export class JsonText {
  private text = "";
  private at = 0;

  /**
   * Begins a text; the one before it must be finished.
   * @param limit most characters
   * @param strict whether NaN and infinite numbers are written as `null`, as JavaScript does, since RFC 8259 has none; else
   * as Python and RapidJSON write and read them
   */
  constructor(
    private readonly limit: number,
    private readonly strict: boolean,
  ) {}

  /** The whole text. @throws Failure `response-too-large` */
  finish(): string {
    this.flush();
    return this.text;
  }

  /** Appends JSON text as it is. */
  raw(text: string): void {
    if (text.length > 64 || !isAscii(text)) {
      this.flush();
      this.text += text;
      return;
    }
    this.reserve(text.length);
    for (let index = 0; index < text.length; index++) chunk[this.at++] = text.charCodeAt(index);
  }

  /** Appends what `raw` would, of a text that was converted once by `asciiOf` because it is written again and again. */
  ascii(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    let { at } = this;
    for (let index = 0; index < bytes.length; index++) chunk[at++] = bytes[index]!;
    this.at = at;
  }

  /** Appends a byte of punctuation. */
  byte(code: number): void {
    if (this.at === chunk.length) this.flush();
    chunk[this.at++] = code;
  }

  string(value: string): void {
    this.raw(JSON.stringify(value));
  }

  /** Appends a number of an integer datatype. */
  integer(value: number | bigint): void {
    const small = Number(value);
    if (!Number.isSafeInteger(small)) return this.raw(String(value));
    this.reserve(longestNumber);
    const magnitude = Math.abs(small);
    if (small < 0) chunk[this.at++] = 0x2d;
    this.at = writeDecimal(magnitude, 0, this.at);
  }

  /** Appends the shortest decimal that reads back as the same double. */
  double(value: number): void {
    this.reserve(longestNumber);
    this.at = this.plain(value, value);
  }

  /** Appends the shortest decimal that reads back as the same float: 0.1 rather than 0.10000000149011612. */
  float(value: number): void {
    this.reserve(longestNumber);
    this.at = this.writeFloat(value);
  }

  private reserve(bytes: number): void {
    if (this.at > chunk.length - bytes) this.flush();
  }

  /** Refuses a text that has become too long before more of it is made. */
  private flush(): void {
    if (this.at > 0) this.text += chunk.toString("latin1", 0, this.at);
    this.at = 0;
    if (this.text.length > this.limit) throw tooLarge(this.limit);
  }

  /** Writes a number as JavaScript formats it: `-0.0`, because Python reads `-0` as the integer zero, without a sign. */
  private plain(value: number, shortest: number): number {
    if (!Number.isFinite(value) && this.strict) return this.at + chunk.write("null", this.at, "latin1");
    return this.at + chunk.write(Object.is(value, -0) ? "-0.0" : String(shortest), this.at, "latin1");
  }

  private writeFloat(value: number): number {
    const magnitude = Math.abs(value);
    // Whole numbers that a double holds exactly are written in full: 123456792 must not become 123456790.
    if (Number.isSafeInteger(value) || !(magnitude < Infinity)) return this.plain(value, value);
    if (!(magnitude >= leastScaled && magnitude < 1e7)) return this.plain(value, shortened(value, magnitude));
    const leading = magnitudeOf(magnitude);
    // Nine significant digits distinguish any two floats (IEEE 754-2008 section 5.12.2); most need seven or eight.
    for (let digits = 6; digits < 10; digits++) {
      const decimals = digits - leading;
      if (decimals < 0) continue;
      const whole = Math.round(magnitude * powers[decimals]!);
      const shorter = whole / powers[decimals]!;
      if (Math.fround(shorter) !== magnitude) continue;
      let { at } = this;
      if (value < 0) chunk[at++] = 0x2d;
      if (magnitude >= 1e-6) return writeDecimal(whole, decimals, at);
      return at + chunk.write(String(shorter), at, "latin1");
    }
    return this.plain(value, value);
  }
}

/** The bytes of a short text of ASCII; `undefined` of another. */
export function asciiOf(text: string): Uint8Array | undefined {
  return text.length <= 64 && isAscii(text) ? Buffer.from(text, "latin1") : undefined;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7e) return false;
  return true;
}

/** From here up to 1e7, nine digits scale to a whole number by a single exact power of ten. */
const leastScaled = 1e-13;

/** Smaller floats (subnormal ones) have fewer significant bits, so fewer digits can be enough. */
const smallestNormal = 2 ** -126;

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
