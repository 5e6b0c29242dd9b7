// Triton's raw binary request: `Inference-Header-Content-Length: 0`, and the body is the data of the only input, with no JSON
// before it. Datatype and shape are the model's own.
// Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html#raw-binary-request

import { readBinary } from "./binary-tensor";
import { datatypes } from "./datatype";
import { invalid } from "./failure";
import type { Parameters } from "./parameters";
import { type InputSpec, named, type Signature } from "./signature";
import type { Tensor } from "./tensor";

/** Whether a request is a raw one. @param headerLength `Inference-Header-Content-Length` as sent */
export function isRaw(headerLength: string | undefined): boolean {
  return headerLength === "0";
}

/** Names the body in texts: the header may be there by mistake. */
const field = "body (raw, for Inference-Header-Content-Length is 0)";

/** What Triton answers it with: every output as binary. */
export const rawParameters: Parameters = new Map([["binary_data_output", "true"]]);

/** The body as the model's input. Throws a `Failure` where datatype or shape cannot be told from the number of bytes. */
export function rawInput(bytes: Buffer, { inputs }: Signature): Tensor {
  const [spec, ...others] = inputs;
  if (spec === undefined || others.length > 0) {
    throw invalid(field, `the model must have one input, and this one has ${named(inputs)}`);
  }
  const { name, datatype } = spec;
  if (datatypes[datatype].bytes === 0) {
    // The body is one text as it is, without the length that goes before an element elsewhere.
    const shape = filled(spec, 1, 1);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return { name, datatype, shape, data: readBinary(Buffer.concat([length, bytes]), datatype, shape, field) };
  }
  const shape = filled(spec, datatypes[datatype].bytes, bytes.length);
  return { name, datatype, shape, data: readBinary(bytes, datatype, shape, field) };
}

/**
 * The input's shape with its variable dimension as large as the bytes make it. The first of two is the batch, which is one.
 * @param width bytes an element
 */
function filled({ shape }: InputSpec, width: number, bytes: number): number[] {
  const variable = shape.flatMap((size, level) => (size === -1 ? [level] : []));
  const batch = variable.length > 1 && variable[0] === 0 ? 1 : 0;
  if (variable.length - batch > 1) throw invalid(field, "the model's input has more than one variable dimension");
  const fixed = shape.reduce((count, size) => (size === -1 ? count : count * size), width);
  const rest = fixed === 0 ? 0 : Math.max(1, Math.floor(bytes / fixed));
  return shape.map((size, level) => (size !== -1 ? size : batch === 1 && level === 0 ? 1 : rest));
}
