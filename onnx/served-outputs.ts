// Which tensor holds each output. What is no tensor can often be served exactly all the same: a ZipMap writes the same
// numbers as its input, with a label beside each; a SequenceConstruct's members are tensors of their own.
// Sources: https://onnx.ai/onnx/operators/onnx_aionnxml_ZipMap.html, https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html

import type { OnnxGraph, OnnxNode, OnnxValue } from "./graph";
import { addedOutput, hideOutputs, isOutput } from "./graph-outputs";
import type { OnnxModel } from "./model";
import { datatypeOfType } from "./signature";
import { typeText, type ValueType } from "./value-type";

export interface ServedOutput {
  /** Name that callers know it by. */
  readonly name: string;
  /** Name of the tensor that holds it; `undefined` if none does: callers cannot get it. */
  readonly tensor: string | undefined;
  /** Names of the columns: a ZipMap's class labels. */
  readonly labels?: readonly (string | number)[];
  /** Its type, as ONNX writes it: `seq(map(int64,tensor(float)))`. */
  readonly type: string;
}

/** In the order of the file; a sequence of tensors `y` gives `y_0`, `y_1` … in its place. */
export function servedOutputs({ graph }: OnnxModel): ServedOutput[] {
  const names = new Set(graph.outputs.map(({ name }) => name));
  return graph.outputs.flatMap((output): readonly ServedOutput[] => {
    const { name, type } = output;
    if (type.kind === "tensor") {
      return [{ name, tensor: datatypeOfType(type) && name, type: typeText(type) }];
    }
    const node = writerOf(graph, name);
    const members = (node && (zipMap(node, output) ?? sequence(node, output))) ?? [];
    const clash = members.some((member) => member.name !== name && names.has(member.name));
    return members.length === 0 || clash ? [{ name, tensor: undefined, type: typeText(type) }] : members;
  });
}

/** The node that writes a value, behind those that only pass it on. */
function writerOf(graph: OnnxGraph, value: string): OnnxNode | undefined {
  for (let name = value, steps = 0; steps < 100; steps++) {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(name));
    if (node?.operator !== "Identity") return node;
    name = node.inputs[0] ?? "";
  }
  return undefined;
}

function zipMap(node: OnnxNode, { name, type }: OnnxValue): ServedOutput[] | undefined {
  if (node.operator !== "ZipMap" || node.domain !== "ai.onnx.ml" || node.inputs.length !== 1) return undefined;
  const texts = node.attribute("classlabels_strings")?.texts ?? [];
  const numbers = node.attribute("classlabels_int64s")?.integers ?? [];
  const labels = texts.length > 0 || !numbers.every(Number.isSafeInteger) ? texts : numbers;
  return [{ name, tensor: node.inputs[0]!, labels, type: typeText(type) }];
}

function sequence(node: OnnxNode, { name, type }: OnnxValue): ServedOutput[] | undefined {
  if (node.operator !== "SequenceConstruct" || type.kind !== "sequence") return undefined;
  if (datatypeOfType(type.of) === undefined) return undefined;
  return node.inputs.map((tensor, index) => ({ name: `${name}_${index}`, tensor, type: typeText(type.of) }));
}

/**
 * The shape of a served output: what the runtime infers, but it infers none behind most classifiers, and a ZipMap's input
 * has a row for each case and a column for each class.
 */
export function servedShape({ labels = [] }: ServedOutput, inferred: readonly number[]): readonly number[] {
  return inferred.length === 0 && labels.length > 0 ? [-1, labels.length] : inferred;
}

/** Element types besides V2's that onnxruntime-node can report, though not return. */
const reported = ["int4", "uint4"];

/**
 * Makes the tensors behind the outputs outputs of the model. An output of a type that onnxruntime-node cannot even report
 * (it would refuse the whole model) becomes a value within the graph.
 * @param bytes the content of `model.onnx`
 * @returns the same bytes if there is nothing to change, otherwise others
 */
export function exposeTensors(bytes: Uint8Array, { graph }: OnnxModel, served: readonly ServedOutput[]): Uint8Array {
  const odd = graph.outputs.filter(({ at, type }) => isUnknownToRuntime(type) && isOutput(bytes, at));
  const there = new Set(graph.outputs.map(({ name }) => name));
  const behind = new Set(served.flatMap(({ tensor }) => (tensor === undefined || there.has(tensor) ? [] : [tensor])));
  if (odd.length === 0 && behind.size === 0) return bytes;
  const changed = Buffer.concat([bytes, ...[...behind].map((name) => addedOutput(name))]);
  hideOutputs(changed, odd);
  return changed;
}

/** Whether onnxruntime-node refuses a whole model for having an input or output of this type. */
export function isUnknownToRuntime(type: ValueType): boolean {
  return type.kind === "tensor" && datatypeOfType(type) === undefined && !reported.includes(type.element);
}
