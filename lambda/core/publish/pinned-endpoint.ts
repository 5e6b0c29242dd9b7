// What the manifest says of a model that a SageMaker endpoint computes: validated, since requests are checked by it.

import { type Datatype, isDatatype, maximumRank } from "../tensor/datatype";
import type { InputSpec, OutputSpec, Signature } from "../tensor/signature";

export interface PinnedEndpoint {
  /** Its name, in the function's account and region. */
  readonly name: string;
  readonly signature: Signature;
  /** Name of the engine's output that holds each output. */
  readonly tensors: ReadonlyMap<string, string>;
}

/** Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html (EndpointName) */
const endpointName = /^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/;

/** @param model its name, for messages. @throws Error naming the field that is wrong */
export function parseEndpoint(model: string, value: unknown): PinnedEndpoint {
  const at = `${model}: endpoint`;
  const { name, signature } = record(value, at);
  if (typeof name !== "string" || !endpointName.test(name)) throw new Error(`${at}.name is no name of an endpoint`);
  const { inputs, outputs } = record(signature, `${at}.signature`);
  const read = {
    inputs: listOf(inputs, `${at}.signature.inputs`, parseInput),
    outputs: listOf(outputs, `${at}.signature.outputs`, parseOutput),
  };
  return {
    name,
    signature: { inputs: read.inputs, outputs: read.outputs.map(({ spec }) => spec) },
    tensors: new Map(read.outputs.map(({ spec, tensor }) => [spec.name, tensor ?? spec.name])),
  };
}

function listOf<T>(value: unknown, at: string, parse: (item: unknown, at: string) => T): T[] {
  if (!Array.isArray(value)) throw new Error(`${at} is not a list`);
  const names = new Set<unknown>();
  return value.map((item: unknown, index) => {
    const parsed = parse(item, `${at}[${index}]`);
    const { name } = item as { name: unknown };
    if (names.has(name)) throw new Error(`${at}[${index}].name occurs twice`);
    names.add(name);
    return parsed;
  });
}

function parseInput(value: unknown, at: string): InputSpec {
  const { name, datatype, shape } = record(value, at);
  return { name: nameOf(name, at), datatype: datatypeAt(datatype, at), shape: shapeOf(shape, at) };
}

function parseOutput(value: unknown, at: string): { spec: OutputSpec; tensor: string | undefined } {
  const { name, datatype, shape, tensor, labels, type } = record(value, at);
  if (tensor !== undefined && typeof tensor !== "string") throw new Error(`${at}.tensor is not a name`);
  if (typeof type !== "string") throw new Error(`${at}.type is not text`);
  if (labels !== undefined && !(Array.isArray(labels) && labels.every(isLabel)))
    throw new Error(`${at}.labels is not a list of texts or numbers`);
  const spec: OutputSpec = {
    name: nameOf(name, at),
    datatype: datatype === undefined ? undefined : datatypeAt(datatype, at),
    shape: shapeOf(shape, at),
    ...(labels === undefined ? {} : { labels: labels as (string | number)[] }),
    type,
  };
  return { spec, tensor };
}

function isLabel(value: unknown): boolean {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function nameOf(value: unknown, at: string): string {
  if (typeof value !== "string") throw new Error(`${at}.name is not a name`);
  return value;
}

function datatypeAt(value: unknown, at: string): Datatype {
  if (typeof value !== "string" || !isDatatype(value)) throw new Error(`${at}.datatype is none that the protocol has`);
  return value;
}

function shapeOf(value: unknown, at: string): number[] {
  const isShape =
    Array.isArray(value) &&
    value.length <= maximumRank &&
    value.every((size) => Number.isSafeInteger(size) && size >= -1);
  if (!isShape) throw new Error(`${at}.shape is not a list of at most ${maximumRank} sizes`);
  return [...(value as number[])];
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as Record<string, unknown>;
}
