// The types that a transform is written against: a model's inputs and outputs, read from its file.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SignatureTensor, V2Datatype } from "../onnx/signature";

/** An input or output that can be given or returned; `any`: its datatype is not stated in the file. */
export interface ServedTensor extends Omit<SignatureTensor, "datatype"> {
  readonly datatype: V2Datatype | "any" | undefined;
}

/** The array class of each datatype. */
const classes: Readonly<Record<V2Datatype | "any", string>> = {
  any: "Elements",
  BOOL: "Uint8Array",
  UINT8: "Uint8Array",
  UINT16: "Uint16Array",
  UINT32: "Uint32Array",
  UINT64: "BigUint64Array",
  INT8: "Int8Array",
  INT16: "Int16Array",
  INT32: "Int32Array",
  INT64: "BigInt64Array",
  FP16: "Uint16Array",
  FP32: "Float32Array",
  FP64: "Float64Array",
  BYTES: "string[]",
};

const header = `// Generated from model.onnx: \`npm run types\` writes it anew.

`;

/** The content of `model.ts`. */
export function modelTypes({
  inputs,
  outputs,
}: {
  readonly inputs: readonly ServedTensor[];
  readonly outputs: readonly ServedTensor[];
}): string {
  const authoring = readFileSync(join(__dirname, "authoring.ts"), "utf8").replace(/^\/\/ .*\n\n/, "");
  const own = [
    "/** What `request` gives. */",
    block("Inputs", inputs),
    "",
    "/** What `response` gets. */",
    block("Outputs", outputs),
    "",
    "/** Both, for a transform that calls this model from another: `context.model<Model>(…)`. */",
    "export interface Model {",
    "  readonly inputs: Inputs;",
    "  readonly outputs: Outputs;",
    "}",
    "",
    "export type Transform = TransformOf<Inputs, Outputs>;",
    "",
    "",
  ];
  return header + own.join("\n") + authoring;
}

/** An interface with a member for each tensor that can be given or returned. */
function block(name: string, tensors: readonly ServedTensor[]): string {
  const members = tensors.flatMap(({ name: tensor, datatype, shape }) => {
    if (datatype === undefined) return [];
    const sizes = shape?.map((size) => (typeof size === "number" && size >= 0 ? String(size) : "number")).join(", ");
    const type = `Tensor<${classes[datatype]}${sizes === undefined ? "" : `, readonly [${sizes}]`}>`;
    return [`  /** ${datatype}${namesOf(shape)} */`, `  readonly ${key(tensor)}: ${type};`];
  });
  return [`export interface ${name} {`, ...members, "}"].join("\n");
}

/** The shape with the names of its free dimensions, as far as they are plain words. */
function namesOf(shape: ServedTensor["shape"]): string {
  if (shape === undefined) return "";
  const shown = shape.map((size) =>
    typeof size === "string" && /^\w+$/.test(size) ? size : typeof size === "number" ? size : "any",
  );
  return ` [${shown.join(", ")}]`;
}

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
