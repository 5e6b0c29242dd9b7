// A request without rows is not sent to an endpoint: Triton never answers one to a model that it batches.
// Source: https://github.com/triton-inference-server/onnxruntime_backend/blob/main/src/onnxruntime.cc (ProcessRequests, total_batch_size)

import { invalid } from "../failure";
import { datatypes, type Tensor } from "../tensor/datatype";
import type { Signature } from "../tensor/signature";

/**
 * The outputs for inputs without rows, which have none either; `undefined` for inputs with rows.
 * @throws Failure `invalid-request` if the signature does not say what the outputs' other dimensions are
 */
export function withoutRows(
  { inputs: specs, outputs }: Signature,
  inputs: readonly Tensor[],
  wanted: readonly string[],
): Tensor[] | undefined {
  if (inputs.length === 0 || !specs.every(({ shape }) => shape[0] === -1)) return undefined;
  if (!inputs.every(({ shape }) => shape[0] === 0)) return undefined;
  return wanted.map((name) => {
    const {
      datatype,
      shape: [rows, ...row],
    } = outputs.find((output) => output.name === name)!;
    if (datatype === undefined || rows !== -1 || row.includes(-1))
      throw invalid("inputs", "must have rows, since the model's signature does not say what its outputs are without");
    return { name, datatype, shape: [0, ...row], data: datatypes[datatype].array(0) };
  });
}
