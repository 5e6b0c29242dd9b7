// The row form of TensorFlow Serving and Vertex AI: `{"instances": [row, …]}` → `{"predictions": [row, …]}`. A row is
// the value of the only input, or an object with a value per input; the first dimension counts the rows.
// Source: https://www.tensorflow.org/tfx/serving/api_rest#predict_api

import { Failure, invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import type { JsonCursor } from "../tensor/json-cursor";
import { Stack } from "../tensor/json-tensor";
import { elementWriter, writeFloats } from "../tensor/json-writer";
import type { Signature } from "../tensor/signature";

/** Reads the list of instances into one tensor per input. @throws Failure `malformed-json`, `invalid-request` */
export function readInstances(cursor: JsonCursor, signature: Signature): Tensor[] {
  const stacks = signature.inputs.map((spec) => ({ spec, stack: new Stack(spec.datatype) }));
  const byName = new Map(stacks.map(({ spec, stack }) => [spec.name, stack]));
  const only = stacks.length === 1 ? stacks[0]!.stack : undefined;
  let rows = 0;

  if (cursor.peek() !== 0x5b) throw invalid("instances", "must be a list");
  cursor.array((index) => {
    cursor.field = `instances[${index}]`;
    rows = index + 1;
    if (cursor.peek() !== 0x7b) {
      if (only === undefined) {
        throw invalid(cursor.field, `must be an object with a value for each input: ${[...byName.keys()].join(", ")}`);
      }
      only.push(cursor);
      return;
    }
    cursor.object((name) => {
      const stack = byName.get(name);
      if (stack === undefined) {
        throw invalid(cursor.field, `the model has no such input; it has ${[...byName.keys()].join(", ")}`);
      }
      stack.push(cursor);
    });
    for (const [name, stack] of byName) if (stack.length !== rows) throw invalid(cursor.field, `lacks ${name}`);
  });
  if (rows === 0) throw invalid("instances", "must not be empty");
  return stacks.map(({ spec, stack }) => ({
    name: spec.name,
    datatype: spec.datatype,
    shape: stack.shape,
    data: stack.data,
  }));
}

/**
 * JSON of the predictions: a row is the value of the only output, or an object with a value per output.
 * @throws Failure `refused-by-model` if the first dimension of an output is not the number of rows
 */
export function writePredictions(outputs: readonly Tensor[], rows: number): string {
  for (const { name, shape } of outputs) {
    if (shape[0] === rows) continue;
    throw new Failure("refused-by-model", `${name} has no row for each instance; ask in the V2 form instead`);
  }
  const [only] = outputs;
  if (outputs.length === 1) return `{"predictions":[${writeRows(only!, rows)}]}`;
  const columns = outputs.map((output) => ({ name: JSON.stringify(output.name), write: rowWriter(output) }));
  let text = "";
  for (let row = 0; row < rows; row++) {
    text += row === 0 ? "{" : ",{";
    columns.forEach(({ name, write }, index) => (text += `${index === 0 ? "" : ","}${name}:${write(row)}`));
    text += "}";
  }
  return `{"predictions":[${text}]}`;
}

/** JSON of all rows of a tensor, separated by commas; floats in at most one dimension, the usual case, are written at once. */
function writeRows(tensor: Tensor, rows: number): string {
  const { data, shape } = tensor;
  if (data instanceof Float32Array && shape.length === 1) return writeFloats(data);
  if (data instanceof Float32Array && shape.length === 2 && data.length > 0) return `[${writeFloats(data, shape[1])}]`;
  const write = rowWriter(tensor);
  let text = "";
  for (let row = 0; row < rows; row++) text += row === 0 ? write(row) : `,${write(row)}`;
  return text;
}

/** Writes one row of a tensor as JSON, nested like its shape. */
function rowWriter(tensor: Tensor): (row: number) => string {
  const shape = tensor.shape.slice(1);
  const write = elementWriter(tensor);
  const size = shape.reduce((product, length) => product * length, 1);
  const nest = (level: number, from: number, span: number): string => {
    if (level === shape.length) return write(from);
    const length = shape[level]!;
    const step = length === 0 ? 0 : span / length;
    let text = "[";
    for (let index = 0; index < length; index++) {
      if (index > 0) text += ",";
      text += nest(level + 1, from + index * step, step);
    }
    return `${text}]`;
  };
  return (row) => nest(0, row * size, size);
}
