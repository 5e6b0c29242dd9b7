// The inputs and outputs of an ONNX file, read by the runtime that will serve it.

import { InferenceSession } from "onnxruntime-node";
import type { RegisteredTensor } from "../core/publish/registered-model";

/** ONNX's element type names, by onnxruntime's names where these differ. */
const onnxNames: Readonly<Record<string, string>> = {
  float32: "float",
  float64: "double",
};

/** Loads the model and reads its signature. @throws onnxruntime's error if it cannot load the model */
export async function signatureOf(
  content: Buffer,
): Promise<{ inputs: RegisteredTensor[]; outputs: RegisteredTensor[] }> {
  const session = await InferenceSession.create(content, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    return { inputs: session.inputMetadata.map(tensor), outputs: session.outputMetadata.map(tensor) };
  } finally {
    await session.release();
  }
}

function tensor(value: InferenceSession.ValueMetadata): RegisteredTensor {
  if (!value.isTensor) return { name: value.name, type: "not a tensor", shape: [] };
  return {
    name: value.name,
    type: `tensor(${onnxNames[value.type] ?? value.type})`,
    shape: value.shape.map((size) => (typeof size === "number" ? size : -1)),
  };
}
