// Elements of a tensor to JSON: the shortest text that reads back as the same value of its datatype.

import { fromBits, toBits } from "./float16";
import type { Tensor } from "./tensor";

/** Writes the element at an index. NaN and Infinity are written as Python and RapidJSON read them. */
export function elementWriter({ datatype, data }: Tensor): (index: number) => string {
  if (datatype === "BYTES") return (index) => JSON.stringify(data[index]);
  if (datatype === "BOOL") return (index) => (data[index] === 0 ? "false" : "true");
  if (datatype === "FP32") return (index) => float(shortestFloat(data[index] as number));
  if (datatype === "FP64") return (index) => float(data[index] as number);
  if (datatype === "FP16") return (index) => float(shortestHalf(data[index] as number));
  return (index) => String(data[index]);
}

/** All elements, flat. */
export function writeElements(tensor: Tensor): string {
  const write = elementWriter(tensor);
  const { length } = tensor.data;
  let text = "[";
  for (let index = 0; index < length; index++) text += index === 0 ? write(index) : `,${write(index)}`;
  return `${text}]`;
}

/** A bare `-0` is the integer zero to Python and would lose its sign. */
function float(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The double with the fewest digits that rounds to this float: 0.1, not 0.10000000149011612. */
function shortestFloat(value: number): number {
  const magnitude = Math.abs(value);
  // Outside, the scaling below would not be exact: such values keep the digits of the double. So do whole numbers.
  if (!(magnitude >= 1e-9 && magnitude < 1e9) || Number.isInteger(value)) return value;
  const decade = Math.floor(Math.log10(magnitude)) + 1;
  // Nine digits tell any two floats apart (IEEE 754-2008 section 5.12.2); most need seven or eight.
  for (let digits = 6; digits <= 9; digits++) {
    const shorter = rounded(value, digits - decade);
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

/** The same for a half: five digits tell any two apart. */
function shortestHalf(bits: number): number {
  const value = fromBits(bits);
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  const decade = Math.floor(Math.log10(Math.abs(value))) + 1;
  for (let digits = 1; digits <= 5; digits++) {
    const shorter = rounded(value, digits - decade);
    if (toBits(shorter) === bits) return shorter;
  }
  return value;
}

/** The value to so many decimals; fewer than none drops digits before the point. */
function rounded(value: number, decimals: number): number {
  if (decimals >= 0) return Math.round(value * powers[decimals]!) / powers[decimals]!;
  return Math.round(value / powers[-decimals]!) * powers[-decimals]!;
}
