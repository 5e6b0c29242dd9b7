// Writes tensor elements as JSON: the shortest text that reads back as the same value of the datatype.

import { fromBits, toBits } from "./float16";
import { floatText, writeFloats } from "./json-float-writer";
import type { Tensor } from "./tensor";

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
