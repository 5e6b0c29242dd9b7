// IEEE 754 half precision as bits: JavaScript of the deployed runtime has no type for it.

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Bits of the half nearest to a number, ties to even; a number beyond 65504 by half a unit or more becomes Infinity. */
export function toBits(value: number): number {
  double[0] = value;
  // Little-endian: the high word of the double is the second one. Every platform that Lambda and Node 20 run on is.
  const sign = (words[1]! >>> 16) & 0x8000;
  if (value !== value) return 0x7e00;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  // Below the smallest normal half the spacing is 2^-24 throughout; above, it follows the exponent.
  if (magnitude < 2 ** -14) return sign | nearestEven(magnitude * 2 ** 24);
  const exponent = ((words[1]! >>> 20) & 0x7ff) - 1023;
  const steps = nearestEven(magnitude * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + steps);
}

/** The number that the bits of a half stand for. */
export function fromBits(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
