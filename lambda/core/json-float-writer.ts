// Floats to JSON, straight to bytes: the shortest decimal that reads back as the same float, 0.1 and not 0.10000000149011612.
// Half the size of what the doubles' digits would take, and the digits are at hand: no number is formatted twice.

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Bytes are collected here and turned into text when it is full. Writing is synchronous: no two writers share it. */
const chunk = Buffer.allocUnsafeSlow(64 * 1024);

/** Longest text of one float and its comma, with room to spare: `-340282350000000000000,`. */
const longest = 32;

/** All elements, separated by commas. */
export function writeFloats(values: Float32Array): string {
  let text = "";
  let at = 0;
  for (let index = 0; index < values.length; index++) {
    if (at > chunk.length - longest) {
      text += chunk.toString("latin1", 0, at);
      at = 0;
    }
    if (index > 0) chunk[at++] = 0x2c;
    at = writeFloat(values[index]!, at);
  }
  return text + chunk.toString("latin1", 0, at);
}

/** One element. */
export function floatText(value: number): string {
  return chunk.toString("latin1", 0, writeFloat(value, 0));
}

/** From here to 1e7 nine digits scale to a whole number by one exact power of ten. */
const leastScaled = 1e-13;

/** Below it floats have fewer bits, so fewer digits may do. */
const smallestNormal = 2 ** -126;

function writeFloat(value: number, start: number): number {
  const magnitude = Math.abs(value);
  // Whole numbers are written as they are, as far as a double holds them: 123456792 is not 123456790.
  if (Number.isSafeInteger(value) || !(magnitude < Infinity)) {
    return start + chunk.write(Object.is(value, -0) ? "-0.0" : String(value), start, "latin1");
  }
  if (!(magnitude >= leastScaled && magnitude < 1e7)) {
    return start + chunk.write(String(shortened(value, magnitude)), start, "latin1");
  }
  const leading = magnitudeOf(magnitude);
  // Nine digits tell any two floats apart (IEEE 754-2008 section 5.12.2); most need seven or eight.
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
 * The double with the fewest digits that is this float, of those that are the nearest of their length: all but three floats
 * (2^-96, 2^87 and 2^90, with one digit too many) have none shorter.
 */
function shortened(value: number, magnitude: number): number {
  for (let digits = magnitude < smallestNormal ? 1 : 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

/** How many digits stand before the point; below one, minus the zeros behind it. */
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

/** Writes `whole` divided by ten to the `decimals`, without zeros at the end, with one before a bare point. */
function writeDecimal(whole: number, decimals: number, start: number): number {
  let left = whole;
  let places = decimals;
  while (places > 0 && left % 10 === 0) {
    left /= 10;
    places--;
  }
  let digits = 1;
  while (left >= powers[digits]!) digits++;
  // At least one digit stands before the point.
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
