// A model as Triton's ONNX backend takes it. It refuses a file with any output that is no tensor; it completes inputs and
// outputs from the file; and it decides by their first dimensions whether requests can be computed together.
// Source: https://github.com/triton-inference-server/onnxruntime_backend/blob/main/src/onnxruntime.cc (AutoCompleteMaxBatch,
// ValidateInputs, ValidateOutputs), src/onnxruntime_utils.cc (InputOutputInitializerInfos)

import type { ModelEndpoint } from "../contract";
import type { Finding } from "./foreign-format";
import type { OnnxGraph } from "./graph";
import type { OnnxModel } from "./model";
import { addedOutput, addedScalar, hideOutputs } from "./graph-outputs";
import { servedOutputs, type ServedOutput } from "./served-outputs";
import { servedSignature, servedType } from "./served-signature";
import { type Dimension, typeText, type ValueType } from "./value-type";

/** What an endpoint's engine and the function before it need to know of a model. */
export interface EngineModel {
  readonly signature: ModelEndpoint["signature"];
  /** Whether the engine may compute the rows of several requests together. */
  readonly batched: boolean;
  /** Content of `model.onnx` for the engine, where it differs from the file's. */
  readonly changed?: Uint8Array;
}

/**
 * What every ONNX Runtime from 1.19 on loads; AWS's Triton images have none older since 24.09.
 * Source: https://onnxruntime.ai/docs/reference/compatibility.html
 */
const newest = { ir: 10, opset: 21 } as const;

/**
 * What keeps a model, which the function could compute, from being computed by an endpoint.
 * @param model `undefined`: no ONNX file
 */
export function engineFaults(model: OnnxModel | undefined): Finding[] {
  if (model === undefined)
    return [
      { what: "is in onnxruntime's own format, which an endpoint's engine does not read", cure: "export it as ONNX" },
    ];
  const { irVersion, opsets, graph } = model;
  const older = "export it with an older one: docs/models.md#opset";
  const inFunction = "leave it to the function, or export it with a dimension of its own: docs/endpoints.md";
  const faults: Finding[] = [];
  if (irVersion > newest.ir)
    faults.push({ what: `has IR version ${irVersion}; an endpoint's engine reads up to ${newest.ir}`, cure: older });
  const opset = opsets.get("") ?? 0;
  if (opset > newest.opset)
    faults.push({ what: `has opset ${opset} of ai.onnx; an endpoint's engine has up to ${newest.opset}`, cure: older });
  for (const { name, type } of graph.inputs)
    if (type.kind === "tensor" && !type.shape?.length)
      faults.push({
        what: `has an input without dimensions, which an endpoint cannot be given: ${name} is ${typeText(type)}`,
        cure: inFunction,
      });
  for (const { name, type } of graph.outputs)
    if (type.kind === "tensor" && type.shape?.length === 0)
      faults.push({
        what: `has an output without dimensions, which an endpoint gives in another shape: ${name} is ${typeText(type)}`,
        cure: inFunction,
      });
  return faults;
}

/**
 * @param bytes the content of `model.onnx`
 * @param mayBatch whether its rows are independent of one another, which no file says
 */
export function engineModel(bytes: Uint8Array, model: OnnxModel, mayBatch: boolean): EngineModel {
  const served = servedOutputs(model);
  const batched = mayBatch && isBatched(model.graph, served);
  const changed = forEngine(bytes, model.graph, served, batched);
  return { signature: servedSignature(model), batched, ...(changed === bytes ? {} : { changed }) };
}

/** Names of a first dimension that mean a row for each case. Under another, such as a text's length, cases would be mixed. */
const rows = /batch|^(n|b|bs|none|rows?|samples?)$/i;

/** Whether the first dimension of every input and output is free, and means the cases of a request. */
function isBatched(graph: OnnxGraph, served: readonly ServedOutput[]): boolean {
  const outputs = served.flatMap((output) => (output.tensor === undefined ? [] : [servedType(graph, output)]));
  const shapes = [...graph.inputs.map(({ type }) => type), ...outputs].map(shapeOf);
  if (!shapes.every((shape) => shape !== undefined && shape.length > 0 && isFree(shape[0]))) return false;
  const names = new Set(shapes.map((shape) => shape![0]).filter((name) => typeof name === "string"));
  return names.size === 0 || (names.size === 1 && rows.test([...names][0]!));
}

function shapeOf(type: ValueType | undefined): readonly Dimension[] | undefined {
  return type?.kind === "tensor" ? type.shape : undefined;
}

/** Some exporters write -1 for a free dimension. */
function isFree(size: Dimension): boolean {
  return typeof size !== "number" || size < 0;
}

/** Only what is served is an output, and all that is served is one, with its type. */
function forEngine(bytes: Uint8Array, graph: OnnxGraph, served: readonly ServedOutput[], batched: boolean): Uint8Array {
  const tensors = new Set(served.flatMap(({ tensor }) => tensor ?? []));
  const odd = graph.outputs.filter(({ name }) => !tensors.has(name));
  const there = new Set(graph.outputs.map(({ name }) => name));
  const added = new Map(
    served.flatMap((output) =>
      output.tensor === undefined || there.has(output.tensor)
        ? []
        : [[output.tensor, addedOutput(output.tensor, servedType(graph, output))]],
    ),
  );
  // Of inputs whose first dimensions are all free, the backend would take four for a batch, and refuse larger requests.
  const marked = !batched && graph.inputs.every(({ type }) => isFree(shapeOf(type)?.[0]));
  if (odd.length === 0 && added.size === 0 && !marked) return bytes;
  const changed = Buffer.concat([bytes, ...added.values(), ...(marked ? [addedScalar(graph)] : [])]);
  hideOutputs(changed, odd);
  return changed;
}
