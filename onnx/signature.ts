// A model's inputs and outputs in the words of the Open Inference Protocol V2.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#tensor-data-types

import type { OnnxModel } from "./model";
import type { OnnxValue } from "./graph";
import type { Dimension, ValueType } from "./value-type";

/** V2's datatypes by onnxruntime's names of the element types. It has none for bfloat16, 4-bit integers and 8-bit floats. */
const datatypes = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  string: "BYTES",
} as const;

export type V2Datatype = (typeof datatypes)[keyof typeof datatypes];

export interface SignatureTensor {
  readonly name: string;
  /** `undefined` if the value is no tensor of a datatype that V2 has: as an input it cannot be given, as an output not returned. */
  readonly datatype: V2Datatype | undefined;
  /** A size, a dimension's name, or `undefined` for a nameless free one; undefined as a whole: any rank, or no tensor. */
  readonly shape: readonly Dimension[] | undefined;
}

export interface FileSignature {
  readonly inputs: readonly SignatureTensor[];
  readonly outputs: readonly SignatureTensor[];
}

/** The signature as the file states it; a shape that the file leaves open may be narrower once the runtime has inferred it. */
export function signature({ graph }: OnnxModel): FileSignature {
  return { inputs: graph.inputs.map(signatureTensor), outputs: graph.outputs.map(signatureTensor) };
}

function signatureTensor({ name, type }: OnnxValue): SignatureTensor {
  return { name, datatype: datatypeOfType(type), shape: type.kind === "tensor" ? type.shape : undefined };
}

export function datatypeOfType(type: ValueType): V2Datatype | undefined {
  if (type.kind !== "tensor" || !Object.hasOwn(datatypes, type.element)) return undefined;
  return datatypes[type.element as keyof typeof datatypes];
}
