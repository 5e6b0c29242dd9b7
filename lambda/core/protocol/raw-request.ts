// Triton's raw binary request: `Inference-Header-Content-Length: 0`, and a body that is the data of the model's only
// input, without JSON. Datatype and shape come from the model's signature.
// Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html#raw-binary-request

import { invalid } from "../failure";
import { readBinary } from "../tensor/binary-tensor";
import { datatypes, type Tensor } from "../tensor/datatype";
import { type InputSpec, named, type Signature } from "../tensor/signature";
import type { Parameters } from "./parameters";

/** Whether a request is raw binary. @param headerLength `Inference-Header-Content-Length` as sent */
export function isRaw(headerLength: string | undefined): boolean {
  return headerLength === "0";
}

/** Name of the body in messages; it gives the reason, since the header may have been sent by mistake. */
const field = "body (raw, for Inference-Header-Content-Length is 0)";

/** Triton responds to a raw request with every output as binary. */
export const rawParameters: Parameters = new Map([["binary_data_output", "true"]]);

/**
 * The body as the model's input.
 * @throws Failure `invalid-request` if the model has several inputs, or the body does not determine the shape
 */
export function rawInput(bytes: Buffer, { inputs }: Signature): Tensor {
  const [spec, ...others] = inputs;
  if (spec === undefined || others.length > 0) {
    throw invalid(field, `the model must have one input, and this one has ${named(inputs)}`);
  }
  const { name, datatype } = spec;
  if (datatypes[datatype].bytes === 0) {
    // The body is a single BYTES element without its usual 4-byte length, which is added here.
    const shape = filled(spec, 1, 1);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return { name, datatype, shape, data: readBinary(Buffer.concat([length, bytes]), datatype, shape, field) };
  }
  const shape = filled(spec, datatypes[datatype].bytes, bytes.length);
  return { name, datatype, shape, data: readBinary(bytes, datatype, shape, field) };
}

/**
 * The input's shape, with its variable dimension derived from the number of bytes. If there are two, and one is the
 * first dimension, that one is the batch, of size 1.
 * @param width bytes per element
 */
function filled({ shape }: InputSpec, width: number, bytes: number): number[] {
  const variable = shape.flatMap((size, level) => (size === -1 ? [level] : []));
  const batch = variable.length > 1 && variable[0] === 0 ? 1 : 0;
  if (variable.length - batch > 1) throw invalid(field, "the model's input has more than one variable dimension");
  const fixed = shape.reduce((count, size) => (size === -1 ? count : count * size), width);
  const rest = fixed === 0 ? 0 : Math.max(1, Math.floor(bytes / fixed));
  return shape.map((size, level) => (size !== -1 ? size : batch === 1 && level === 0 ? 1 : rest));
}
