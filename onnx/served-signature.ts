// What the function takes and gives of a model, as its file alone states it: for a model that the function does not load.

import type { ModelEndpoint, PinnedOutput } from "../contract";
import type { OnnxGraph } from "./graph";
import type { OnnxModel } from "./model";
import { type ServedOutput, servedOutputs } from "./served-outputs";
import { datatypeOfType } from "./signature";
import type { Dimension, TensorType } from "./value-type";

/** The same as the runtime finds when it loads the file, but for shapes of outputs that the file leaves open. */
export function servedSignature(model: OnnxModel): ModelEndpoint["signature"] {
  return {
    inputs: model.graph.inputs.map(({ name, type }) => ({
      name,
      // The check of the file refuses other inputs.
      datatype: datatypeOfType(type)!,
      shape: sizes(type.kind === "tensor" ? type.shape : undefined),
    })),
    outputs: servedOutputs(model).map((served) => signatureOutput(model.graph, served)),
  };
}

function signatureOutput(graph: OnnxGraph, served: ServedOutput): PinnedOutput {
  const { name, tensor, labels, type } = served;
  const held = servedType(graph, served);
  const datatype = held && datatypeOfType(held);
  if (tensor === undefined || held === undefined || datatype === undefined) return { name, shape: [], type };
  return {
    name,
    datatype,
    shape: sizes(held.shape),
    ...(tensor === name ? {} : { tensor }),
    ...(labels === undefined ? {} : { labels }),
    type,
  };
}

/**
 * The type of the tensor that holds a served output, as far as the file states it: its own; of a ZipMap, a row for each
 * case and a column for each label; of a sequence, that of its members. `undefined` if no tensor holds it.
 */
export function servedType({ outputs }: OnnxGraph, { name, tensor, labels }: ServedOutput): TensorType | undefined {
  if (tensor === undefined) return undefined;
  const own = outputs.find((output) => output.name === name)?.type;
  const found = own ?? outputs.find((output) => output.name === name.replace(/_\d+$/, ""))?.type;
  const member = found?.kind === "sequence" ? found.of : found;
  const value = member?.kind === "map" ? member.value : member;
  if (value?.kind !== "tensor") return undefined;
  // Behind a map there is no shape; without labels, the number of columns is not known.
  if (member?.kind === "map") return { ...value, shape: labels?.length ? [undefined, labels.length] : undefined };
  return value;
}

function sizes(shape: readonly Dimension[] | undefined): number[] {
  return (shape ?? []).map((size) => (typeof size === "number" ? size : -1));
}
