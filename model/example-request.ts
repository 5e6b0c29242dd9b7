// Requests that a model accepts, made from its inputs.

import { writeBinary } from "../lambda/core/tensor/binary-tensor";
import { isDatatype } from "../lambda/core/tensor/datatype";
import { JsonCursor } from "../lambda/core/tensor/json-cursor";
import { readShaped } from "../lambda/core/tensor/json-tensor";

/** An input in the words of the Open Inference Protocol V2; -1 stands for a dimension of any size. */
export interface ExampleInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** Largest number of elements in an input that still fits a line to paste. */
export const longestExample = 64;

/** Measurements of an iris flower, repeated: realistic for the shipped model, and as good as any for another. */
const flower = [5.1, 3.5, 1.4, 0.2];

export interface ExampleTensor extends ExampleInput {
  readonly data: readonly (number | boolean | string)[];
}

/** A tensor for each input, one row each; `undefined` if one has more elements than fit a line. */
export function exampleTensors(inputs: readonly ExampleInput[]): ExampleTensor[] | undefined {
  const tensors = inputs.map(({ name, datatype, shape }) => {
    const fixed = shape.map((size) => (size < 0 ? 1 : size));
    const count = fixed.reduce((product, size) => product * size, 1);
    return {
      name,
      shape: fixed,
      datatype,
      data: count > longestExample ? [] : exampleElements(datatype, count),
      count,
    };
  });
  if (tensors.some(({ count }) => count > longestExample)) return undefined;
  return tensors.map(({ name, shape, datatype, data }) => ({ name, shape, datatype, data }));
}

export function exampleElements(datatype: string, count: number): (number | boolean | string)[] {
  return Array.from({ length: count }, (_, index) => {
    if (datatype === "BYTES") return "text";
    if (datatype === "BOOL") return index % 2 === 0;
    return datatype.startsWith("FP") ? flower[index % flower.length]! : 1;
  });
}

/** The V2 request, as JSON. */
export function jsonRequest(tensors: readonly ExampleTensor[]): string {
  return JSON.stringify({ inputs: tensors });
}

/** The same in rows, if every input has rows: the first dimension is that of the cases. */
export function rowsRequest(tensors: readonly ExampleTensor[]): string | undefined {
  if (tensors.length === 0 || tensors.some(({ shape }) => shape[0] !== 1)) return undefined;
  const cells = tensors.map(({ name, shape, data }) => [name, nested(shape.slice(1), data)] as const);
  return JSON.stringify({ instances: [cells.length === 1 ? cells[0]![1] : Object.fromEntries(cells)] });
}

function nested(shape: readonly number[], data: ExampleTensor["data"]): unknown {
  const [size, ...inner] = shape;
  if (size === undefined) return data[0];
  const step = data.length / size;
  return Array.from({ length: size }, (_, index) => nested(inner, data.slice(index * step, (index + 1) * step)));
}

/**
 * The V2 request with binary tensors: JSON, and behind it each tensor's bytes.
 * Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html
 */
export function binaryRequest(tensors: readonly ExampleTensor[]): { readonly json: string; readonly bytes: Buffer } {
  const parts = tensors.map(bytesOf);
  const inputs = tensors.map(({ name, shape, datatype }, index) => ({
    ...{ name, shape, datatype },
    parameters: { binary_data_size: parts[index]!.length },
  }));
  return { json: JSON.stringify({ inputs }), bytes: Buffer.concat(parts) };
}

/** The elements that the function reads from the JSON. */
function bytesOf({ name, datatype, shape, data }: ExampleTensor): Buffer {
  if (!isDatatype(datatype)) throw new Error(`${name}: ${datatype} is no datatype of the protocol`);
  const elements = readShaped(new JsonCursor(Buffer.from(JSON.stringify(data))), datatype, shape);
  return writeBinary({ name, datatype, shape, data: elements });
}
