// Reads of an ONNX file what can be known without running it, in milliseconds whatever its size.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto (ModelProto)

import { emptyGraph, type OnnxGraph, readEntry, readGraph, readNode } from "./graph";
import { fields, MalformedModel, message, type Message, text } from "./wire";

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Version of the operators by domain; ONNX's own domain is `""`. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  /** Operators that the model defines itself, as `domain:name`. */
  readonly functions: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * @param bytes the content of `model.onnx`; only referred to, never copied
 * @throws MalformedModel if it is not the content of an ONNX file
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  let irVersion = 0;
  let [producer, version] = ["", ""];
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions = new Set<string>();
  const graph = emptyGraph();
  let graphs = 0;
  for (const { number, value, content } of fields(message(bytes))) {
    if (number === 1) irVersion = value;
    else if (number === 2) producer = text(content);
    else if (number === 3) version = text(content);
    else if (number === 8) opsets.set(...readOpset(content));
    else if (number === 14) metadata.set(...readEntry(content));
    else if (number === 25) functions.add(readFunction(content, graph));
    else if (number === 7) {
      graphs++;
      readGraph(content, graph);
    }
  }
  if (graphs === 0 || irVersion < 1) throw new MalformedModel("is no ONNX file: it has no graph or no IR version");
  return { irVersion, producer: { name: producer, version }, opsets, graph, functions, metadata };
}

function readOpset(opset: Message): [domain: string, version: number] {
  let [domain, version] = ["", 0];
  for (const { number, value, content } of fields(opset)) {
    if (number === 1) domain = text(content);
    if (number === 2) version = value;
  }
  return [domain === "ai.onnx" ? "" : domain, version];
}

/** The operators that a function uses count for the model. */
function readFunction(definition: Message, graph: OnnxGraph): string {
  let [name, domain] = ["", ""];
  const body = { ...emptyGraph(), external: graph.external };
  for (const { number, content } of fields(definition)) {
    if (number === 1) name = text(content);
    if (number === 7) readNode(content, body, 1);
    if (number === 10) domain = text(content);
  }
  graph.inner.push(...body.nodes, ...body.inner);
  return `${domain}:${name}`;
}
