// The inputs and outputs of an ONNX file, in the words of a registered model's report, after the runtime that will serve it
// has loaded it.

import type { InferenceSession } from "onnxruntime-node";
import { readModel } from "../../onnx/model";
import { type Dimension, typeText, type ValueType } from "../../onnx/value-type";
import type { RegisteredTensor } from "../core/publish/registered-model";
import { openModel } from "./onnx";

/** Loads the model and reads its signature. @throws onnxruntime's error if it cannot load the model */
export async function registeredSignature(
  content: Buffer,
): Promise<{ inputs: RegisteredTensor[]; outputs: RegisteredTensor[] }> {
  const { session } = await openModel(content, 1);
  try {
    const { inputs, outputs } = readModel(content).graph;
    const known = new Map([...session.inputMetadata, ...session.outputMetadata].map((value) => [value.name, value]));
    const tensor = ({ name, type }: { readonly name: string; readonly type: ValueType }) =>
      registeredTensor(name, type, known.get(name));
    return { inputs: inputs.map(tensor), outputs: outputs.map(tensor) };
  } finally {
    await session.release();
  }
}

/** The runtime's shape, which it has inferred; of what it cannot return, the file's. */
function registeredTensor(
  name: string,
  type: ValueType,
  reported: InferenceSession.ValueMetadata | undefined,
): RegisteredTensor {
  const stated = type.kind === "tensor" ? (type.shape ?? []) : [];
  const shape: readonly Dimension[] = reported?.isTensor === true ? reported.shape : stated;
  return { name, type: typeText(type), shape: shape.map((size) => (typeof size === "number" ? size : -1)) };
}
