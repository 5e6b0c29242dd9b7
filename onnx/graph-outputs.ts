// Changes the outputs of a model without writing it anew: Protocol Buffers merge a message that is given in parts, so a few
// bytes at the end add to its graph; and an output becomes a value within the graph by its tag.
// Sources: https://protobuf.dev/programming-guides/encoding/#last-one-wins,
// https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto (GraphProto, ValueInfoProto, TypeProto, TensorProto)

import type { OnnxGraph, OnnxValue } from "./graph";
import { type Dimension, elementNumber, type TensorType } from "./value-type";

/** Bytes that, at the end of a model's, add an output; without a type, the runtime infers it. */
export function addedOutput(name: string, type?: TensorType): Uint8Array {
  return inGraph(outputField, field(1, Buffer.from(name)), ...(type === undefined ? [] : [field(2, tensorType(type))]));
}

/**
 * Makes outputs values within the graph. One whose tag is not written as all exporters do stays.
 * @param bytes changed in place
 */
export function hideOutputs(bytes: Uint8Array, outputs: readonly OnnxValue[]): void {
  for (const { at } of outputs) if (isOutput(bytes, at)) bytes[at] = valueTag;
}

/** Whether the tag of an output is written as all exporters write it. */
export function isOutput(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === outputTag;
}

/**
 * Bytes that, at the end of a model's, add an output without dimensions, a constant: of a graph that has one, no engine
 * takes the first dimension of its tensors for a batch.
 */
export function addedScalar({ nodes, inputs, outputs }: OnnxGraph): Uint8Array {
  const taken = new Set([
    ...nodes.flatMap((node) => node.outputs),
    ...[...inputs, ...outputs].map((each) => each.name),
  ]);
  let name = "unbatched";
  while (taken.has(name)) name += "_";
  const int64 = { kind: "tensor", element: "int64", shape: [] } as const;
  const constant = [number(2, elementNumber("int64")), field(7, Buffer.from([0])), field(8, Buffer.from(name))];
  return Buffer.concat([inGraph(initializerField, ...constant), addedOutput(name, int64)]);
}

/** Fields of GraphProto. */
const [initializerField, outputField, valueField] = [5, 12, 13];

/** Tags of its fields `output` and `value_info`, both of ValueInfoProto. */
const [outputTag, valueTag] = [(outputField << 3) | 2, (valueField << 3) | 2];

/** A field of the model's graph. */
function inGraph(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  return field(7, field(number, ...content));
}

function tensorType({ element, shape }: TensorType): Uint8Array {
  const dimensions = shape === undefined ? [] : [field(2, ...shape.map((size) => field(1, ...dimension(size))))];
  return field(1, number(1, elementNumber(element)), ...dimensions);
}

function dimension(size: Dimension): Uint8Array[] {
  if (typeof size === "string") return [field(2, Buffer.from(size))];
  return size === undefined || size < 0 ? [] : [number(1, size)];
}

/** A length-delimited field. */
function field(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(length)]), ...content]);
}

/** A field with a whole number. */
function number(number: number, value: number): Uint8Array {
  return Buffer.from([number << 3, ...varint(value)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest > 127 ? 128 : 0));
    if (rest < 128) return bytes;
  }
}
