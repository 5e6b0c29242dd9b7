// Runs a loaded model: tensors of the protocol to those of onnxruntime, and back.

import { type InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { refusedByModel } from "../core/failure";
import { type Datatype, datatypeOf, datatypes, type Elements, type Tensor } from "../core/tensor/datatype";

/** 4: fatal errors only. The runtime logs other errors to stderr, including values of the request. */
export const logSeverityLevel = 4;

/** @param tensors the runtime's output that holds each of the model's @throws Failure `refused-by-model` */
export async function runSession(
  session: InferenceSession,
  inputs: readonly Tensor[],
  outputs: readonly string[],
  tensors: ReadonlyMap<string, string>,
): Promise<Tensor[]> {
  const feeds = Object.create(null) as Record<string, OnnxTensor>;
  for (const { name, datatype, data, shape } of inputs) {
    feeds[name] = toOnnx(datatype, data, shape);
  }
  const fetched = outputs.map((name) => tensors.get(name) ?? name);
  let results: InferenceSession.ReturnType;
  try {
    results = await session.run(feeds, fetched, { logSeverityLevel });
  } catch (cause) {
    throw refusedByModel(cause instanceof Error ? cause.message : "");
  }
  return outputs.map((name, index) => fromOnnx(name, results[fetched[index]!]!));
}

/**
 * Where Node.js has Float16Array (from 24 on), the runtime's constructor turns the bits of FP16 into one, which its native
 * side then reads as empty; the bits themselves are read rightly by every version.
 * Source: https://github.com/microsoft/onnxruntime/issues/32323
 */
function toOnnx(datatype: Datatype, data: Elements, shape: readonly number[]): OnnxTensor {
  const tensor = new OnnxTensor(datatypes[datatype].onnx as OnnxTensor.Type, data as OnnxTensor.DataType, shape);
  if (datatype === "FP16") (tensor as unknown as { cpuData: Elements }).cpuData = data;
  return tensor;
}

function fromOnnx(name: string, tensor: InferenceSession.ReturnType[string]): Tensor {
  const datatype = datatypeOf(tensor.type);
  if (datatype === undefined) throw new Error(`the output ${name} came as a type that its metadata did not announce`);
  return { name, datatype, shape: tensor.dims, data: elements(tensor.data, datatype === "FP16") };
}

/** The runtime returns FP16 as Float16Array where Node.js has that type, else as Uint16Array; the bits are the same. */
function elements(data: OnnxTensor.DataType, half: boolean): Elements {
  if (half && ArrayBuffer.isView(data)) return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return data as Elements;
}
