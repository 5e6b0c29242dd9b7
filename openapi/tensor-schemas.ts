// JSON Schemas of tensors, and examples of them.
// Source: https://spec.openapis.org/oas/v3.1.0#schema-object (JSON Schema 2020-12)

import { exampleElements, longestExample } from "../model/example-request";
import type { V2Datatype } from "../onnx/signature";
import type { TensorDescription } from "./models";

export type Schema = Readonly<Record<string, unknown>>;

/** An object with these members, all of them required unless it is said. */
export const object = (properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema => ({
  type: "object",
  properties,
  required,
});

export const list = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more });

/** Bits of the integer datatypes whose limits JSON numbers hold exactly. */
const limits: Partial<Record<V2Datatype, readonly [least: number, most: number]>> = {
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
};

/** An element of a V2 tensor. */
export function elementSchema(datatype: V2Datatype): Schema {
  if (datatype === "BYTES") return { type: "string" };
  if (datatype === "BOOL") return { type: "boolean" };
  if (datatype.startsWith("FP")) return { type: "number" };
  const [minimum, maximum] = limits[datatype] ?? [];
  if (minimum !== undefined) return { type: "integer", minimum, maximum };
  return { type: "integer", format: "int64", ...(datatype === "UINT64" ? { minimum: 0 } : {}) };
}

/** An element in rows or columns, where a missing number is `null` and text may be base64. */
export function valueSchema(datatype: V2Datatype): Schema {
  const element = elementSchema(datatype);
  if (datatype === "BYTES") {
    const encoded = { type: "object", properties: { b64: { type: "string" } }, required: ["b64"] };
    return { anyOf: [element, { ...encoded, additionalProperties: false }] };
  }
  return datatype.startsWith("FP") ? { type: ["number", "null"] } : element;
}

/** A nested list of the shape. */
export function nestedSchema(element: Schema, shape: TensorDescription["shape"]): Schema {
  if (shape === undefined) return {};
  return shape.reduceRight<Schema>((items, size) => ({ type: "array", items, ...exactly(size) }), element);
}

/** As `nestedSchema`; of a request, a last dimension of one may be left out. */
export function givenSchema(datatype: V2Datatype, shape: TensorDescription["shape"]): Schema {
  const whole = nestedSchema(valueSchema(datatype), shape);
  if (shape?.at(-1) !== 1) return whole;
  return { anyOf: [whole, nestedSchema(valueSchema(datatype), shape.slice(0, -1))] };
}

export function exactly(size: number | undefined): Schema {
  return size === undefined ? {} : { minItems: size, maxItems: size };
}

/** An example of a nested value; `undefined` if it would be long. A dimension of any size is one. */
export function exampleValue({ datatype, shape = [] }: TensorDescription): unknown {
  const sizes = shape.map((size) => size ?? 1);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > longestExample) return undefined;
  const elements = exampleElements(datatype, count);
  let index = 0;
  const nest = (level: number): unknown =>
    level === sizes.length ? elements[index++] : Array.from({ length: sizes[level]! }, () => nest(level + 1));
  return nest(0);
}
