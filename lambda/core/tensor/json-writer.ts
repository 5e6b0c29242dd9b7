// Writes tensors as JSON: the shortest text that reads back as the same value of the datatype, flat or nested.

import type { Tensor } from "./datatype";
import { fromBits, toBits } from "./float16";
import type { JsonText } from "./json-text";

/** Appends all elements as a flat list. */
export function writeFlat(text: JsonText, tensor: Tensor): void {
  text.byte(0x5b);
  elementsWriter(text, tensor)(0, tensor.data.length);
  text.byte(0x5d);
}

/**
 * Returns a function that appends the part of a tensor below an index, nested like its shape: `(0, 0)` the whole,
 * `(1, n)` its row n. Elements of an output whose name ends in `_bytes` are base64, as TensorFlow Serving writes them.
 * Source: https://www.tensorflow.org/tfx/serving/api_rest#encoding_binary_values
 */
export function nestedWriter(text: JsonText, tensor: Tensor): (level: number, index: number) => void {
  const { shape } = tensor;
  const elements = elementsWriter(text, tensor, tensor.name.endsWith("_bytes"));
  /** Number of elements below each level. */
  const sizes = shape.map((_, level) => shape.slice(level).reduce((product, length) => product * length, 1));
  sizes.push(1);
  const nest = (level: number, from: number): void => {
    if (level === shape.length) return elements(from, from + 1);
    const length = shape[level]!;
    text.byte(0x5b);
    if (level === shape.length - 1) elements(from, from + length);
    else {
      for (let index = 0; index < length; index++) {
        if (index > 0) text.byte(0x2c);
        nest(level + 1, from + index * sizes[level + 1]!);
      }
    }
    text.byte(0x5d);
  };
  return (level, index) => nest(level, index * sizes[level]!);
}

/** Returns a function that appends the elements from one index to before another, separated by commas. */
function elementsWriter(text: JsonText, tensor: Tensor, base64 = false): (from: number, to: number) => void {
  const { data } = tensor;
  // The usual case, and the only one whose loop is worth a copy.
  if (data instanceof Float32Array) {
    return (from, to) => {
      for (let index = from; index < to; index++) {
        if (index > from) text.byte(0x2c);
        text.float(data[index]!);
      }
    };
  }
  const element = elementWriter(text, tensor, base64);
  return (from, to) => {
    for (let index = from; index < to; index++) {
      if (index > from) text.byte(0x2c);
      element(index);
    }
  };
}

function elementWriter(text: JsonText, { datatype, data }: Tensor, base64: boolean): (index: number) => void {
  if (datatype === "BYTES" && base64) {
    return (index) => text.raw(`{"b64":"${Buffer.from(data[index] as string, "utf8").toString("base64")}"}`);
  }
  if (datatype === "BYTES") return (index) => text.string(data[index] as string);
  if (datatype === "BOOL") return (index) => text.raw(data[index] === 0 ? "false" : "true");
  if (datatype === "FP64") return (index) => text.double(data[index] as number);
  if (datatype === "FP16") return (index) => text.double(shortestHalf(data[index] as number));
  return (index) => text.integer(data[index] as number | bigint);
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
