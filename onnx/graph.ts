// A graph: its nodes, its inputs and outputs, and where its weights lie. Graphs within a graph (If, Loop, Scan) count
// for their operators and their weights.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto (GraphProto, NodeProto, AttributeProto, TensorProto)

import { readType, type ValueType } from "./value-type";
import { fields, integers, MalformedModel, type Message, text } from "./wire";

export interface OnnxValue {
  readonly name: string;
  readonly type: ValueType;
  /** Position of its field's tag in the file, in bytes. */
  readonly at: number;
}

export interface OnnxNode {
  readonly operator: string;
  /** `""` and `ai.onnx` are ONNX's own. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Reads one of its attributes; `undefined` if it has none of this name. */
  attribute(name: string): OnnxAttribute | undefined;
}

/** The kinds of attributes that are read: texts, whole numbers, graphs. */
export interface OnnxAttribute {
  readonly text: string | undefined;
  readonly texts: readonly string[];
  readonly integers: readonly number[];
}

export interface OnnxGraph {
  /** Nodes of the graph itself, in their order. */
  readonly nodes: OnnxNode[];
  /** Nodes of the graphs within it, at any depth. */
  readonly inner: OnnxNode[];
  /** Those that a caller must give; an input with an initializer has a default. */
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  /** Paths of the files with external data, relative to the model. */
  readonly external: Set<string>;
}

/** Depth of graphs within graphs. */
const deepest = 16;

export function emptyGraph(): OnnxGraph {
  return { nodes: [], inner: [], inputs: [], outputs: [], external: new Set() };
}

/** Adds what a message says to the graph: a message given in parts is their union. @throws MalformedModel */
export function readGraph(message: Message, graph: OnnxGraph, depth = 0): void {
  if (depth > deepest) throw new MalformedModel("has graphs nested too deeply");
  const initialized = new Set<string>();
  for (const { number, content, at } of fields(message)) {
    if (number === 1) readNode(content, graph, depth);
    else if (number === 5) initialized.add(readInitializer(content, graph.external));
    else if (number === 15) {
      for (const field of fields(content))
        if (field.number === 1) initialized.add(readInitializer(field.content, graph.external));
    } else if (number === 11) graph.inputs.push(readValue(content, at));
    else if (number === 12) graph.outputs.push(readValue(content, at));
  }
  const given = graph.inputs.filter(({ name }) => !initialized.has(name));
  graph.inputs.splice(0, graph.inputs.length, ...given);
}

function readValue(message: Message, at: number): OnnxValue {
  let name = "";
  let type: ValueType = { kind: "unknown" };
  for (const { number, content } of fields(message)) {
    if (number === 1) name = text(content);
    if (number === 2) type = readType(content);
  }
  return { name, type, at };
}

/** Reads a node, and the graphs within it. Other attributes stay where they are: those of a tree ensemble are its weights. */
export function readNode(message: Message, graph: OnnxGraph, depth: number): void {
  const [inputs, outputs]: string[][] = [[], []];
  const attributes: Message[] = [];
  let [operator, domain, name] = ["", "", ""];
  for (const { number, content } of fields(message)) {
    if (number === 1) inputs!.push(text(content));
    else if (number === 2) outputs!.push(text(content));
    else if (number === 3) name = text(content);
    else if (number === 4) operator = text(content);
    else if (number === 5) attributes.push(content);
    else if (number === 7) domain = text(content);
  }
  graph.nodes.push({
    ...{ operator, domain, name, inputs: inputs!, outputs: outputs! },
    attribute(wanted) {
      const found = attributes.find((each) => attributeName(each) === wanted);
      return found && readAttribute(found);
    },
  });
  if (operator === "Constant") {
    for (const each of attributes)
      for (const field of fields(each)) if (field.number === 5) readInitializer(field.content, graph.external);
  }
  // A tree ensemble's attributes are its weights: millions of numbers, each a field of its own.
  const own = domain === "" || domain === "ai.onnx";
  if (own ? !/^(If|Loop|Scan|SequenceMap)$/.test(operator) : domain === "ai.onnx.ml") return;
  for (const each of attributes) {
    for (const field of fields(each)) {
      if (field.number !== 6 && field.number !== 11) continue;
      const within = { ...emptyGraph(), external: graph.external };
      readGraph(field.content, within, depth + 1);
      graph.inner.push(...within.nodes, ...within.inner);
    }
  }
}

function attributeName(attribute: Message): string {
  for (const { number, content } of fields(attribute)) if (number === 1) return text(content);
  return "";
}

function readAttribute(attribute: Message): OnnxAttribute {
  const texts: string[] = [];
  const numbers: number[] = [];
  let single: string | undefined;
  for (const field of fields(attribute)) {
    if (field.number === 3) numbers.push(field.value);
    if (field.number === 4) single = text(field.content);
    if (field.number === 8) integers(field, numbers);
    if (field.number === 9) texts.push(text(field.content));
  }
  return { text: single, texts, integers: numbers };
}

/** @returns the tensor's name; notes the file that its data lies in. */
function readInitializer(tensor: Message, external: Set<string>): string {
  let name = "";
  for (const { number, content } of fields(tensor)) {
    if (number === 8) name = text(content);
    if (number !== 13) continue;
    const entry = readEntry(content);
    if (entry[0] === "location") external.add(entry[1]);
  }
  return name;
}

/** A StringStringEntryProto. */
export function readEntry(message: Message): [key: string, value: string] {
  const entry: [string, string] = ["", ""];
  for (const { number, content } of fields(message)) if (number <= 2) entry[number - 1] = text(content);
  return entry;
}
