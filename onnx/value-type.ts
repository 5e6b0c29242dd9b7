// The type of an ONNX value: a tensor with its element type and shape, or what contains tensors.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto (TypeProto, TensorProto.DataType)

import { fields, MalformedModel, type Message, text } from "./wire";

/** Size of a dimension, or its name, or `undefined` if it has neither. */
export type Dimension = number | string | undefined;

export type ValueType =
  | { readonly kind: "tensor"; readonly element: string; readonly shape: readonly Dimension[] | undefined }
  | { readonly kind: "sequence"; readonly of: ValueType }
  | { readonly kind: "optional"; readonly of: ValueType }
  | { readonly kind: "map"; readonly key: string; readonly value: ValueType }
  | { readonly kind: "sparse tensor" }
  | { readonly kind: "unknown" };

/** A tensor's type. */
export type TensorType = Extract<ValueType, { kind: "tensor" }>;

/** Names of the element types by their numbers, as onnxruntime calls them (ONNX: `float` and `double`). */
const elements = [
  ...["undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16"],
  ...["float64", "uint32", "uint64", "complex64", "complex128", "bfloat16"],
  ...["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"],
  ...["uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"],
] as const;

export function elementType(number: number): string {
  return elements[number] ?? `element type ${number}`;
}

/** Number of an element type, by onnxruntime's name of it. */
export function elementNumber(element: string): number {
  return (elements as readonly string[]).indexOf(element);
}

/** Depth of types within types. Real ones have three: a sequence of maps of tensors. */
const deepest = 16;

export function readType(type: Message, depth = 0): ValueType {
  if (depth > deepest) throw new MalformedModel("has types nested too deeply");
  for (const { number, content } of fields(type)) {
    if (number === 1) return readTensor(content);
    if (number === 4 || number === 9) {
      return { kind: number === 4 ? "sequence" : "optional", of: inner(content, 1, depth) };
    }
    if (number === 5) {
      const key = [...fields(content)].find((field) => field.number === 1)?.value ?? 0;
      return { kind: "map", key: elementType(key), value: inner(content, 2, depth) };
    }
    if (number === 8) return { kind: "sparse tensor" };
  }
  return { kind: "unknown" };
}

function inner(container: Message, number: number, depth: number): ValueType {
  for (const field of fields(container)) if (field.number === number) return readType(field.content, depth + 1);
  return { kind: "unknown" };
}

function readTensor(tensor: Message): ValueType {
  let element = elementType(0);
  let shape: Dimension[] | undefined;
  for (const { number, value, content } of fields(tensor)) {
    if (number === 1) element = elementType(value);
    if (number === 2) {
      shape = [];
      for (const dimension of fields(content)) if (dimension.number === 1) shape.push(readDimension(dimension.content));
    }
  }
  return { kind: "tensor", element, shape };
}

function readDimension(dimension: Message): Dimension {
  let size: Dimension;
  for (const { number, value, content } of fields(dimension)) {
    if (number === 1) size = value;
    if (number === 2) size = text(content) || undefined;
  }
  return size;
}

/** The type as ONNX writes it, and onnxruntime's Python: `tensor(float)`, `seq(map(int64,tensor(float)))`. */
export function typeText(type: ValueType): string {
  if (type.kind === "tensor") return `tensor(${onnxNames[type.element] ?? type.element})`;
  if (type.kind === "sequence") return `seq(${typeText(type.of)})`;
  if (type.kind === "optional") return `optional(${typeText(type.of)})`;
  if (type.kind === "map") return `map(${type.key},${typeText(type.value)})`;
  return type.kind;
}

/** ONNX's names of element types, where onnxruntime's differ. */
const onnxNames: Readonly<Record<string, string>> = { float32: "float", float64: "double" };
