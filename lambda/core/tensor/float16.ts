// IEEE 754 half precision as bits: Node.js has a type for it (Float16Array) only from version 24 on, and this code also
// runs locally on Node.js 20.

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Bits of the half-precision number nearest to `value`, ties to even; magnitudes from 65520 on become Infinity. */
export function toBits(value: number): number {
  double[0] = value;
  // The second word is the high one: x64 and arm64, the platforms of Lambda and onnxruntime-node, are little-endian.
  const sign = (words[1]! >>> 16) & 0x8000;
  if (value !== value) return 0x7e00;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  // Subnormal halves are all 2^-24 apart; the spacing of normal ones depends on the exponent.
  if (magnitude < 2 ** -14) return sign | nearestEven(magnitude * 2 ** 24);
  const exponent = ((words[1]! >>> 20) & 0x7ff) - 1023;
  const steps = nearestEven(magnitude * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + steps);
}

/** The number that the bits of a half-precision number represent. */
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
