// The row form of TensorFlow Serving and Vertex AI: `{"instances": [row, …]}` → `{"predictions": [row, …]}`. A row is
// the value of the only input, or an object with a value per input; the first dimension counts the rows.
// Source: https://www.tensorflow.org/tfx/serving/api_rest#predict_api

import { Failure, invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import type { JsonCursor } from "../tensor/json-cursor";
import { Stack } from "../tensor/json-tensor";
import { elementWriter } from "../tensor/json-writer";
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
  const columns = outputs.map((output) => {
    if (output.shape[0] !== rows) {
      throw new Failure("refused-by-model", `${output.name} has no row for each instance; ask in the V2 form instead`);
    }
    return rowTexts(output, rows);
  });
  if (columns.length === 1) return `{"predictions":[${columns[0]!.join(",")}]}`;
  const names = outputs.map(({ name }) => JSON.stringify(name));
  const predictions = Array.from(
    { length: rows },
    (_, row) => `{${columns.map((column, index) => `${names[index]}:${column[row]}`).join(",")}}`,
  );
  return `{"predictions":[${predictions.join(",")}]}`;
}

/** JSON of each row of a tensor, nested like its shape. */
function rowTexts(tensor: Tensor, rows: number): string[] {
  const shape = tensor.shape.slice(1);
  const write = elementWriter(tensor);
  const size = shape.reduce((product, length) => product * length, 1);
  const nest = (level: number, from: number, span: number): string => {
    if (level === shape.length) return write(from);
    const length = shape[level]!;
    const step = length === 0 ? 0 : span / length;
    return `[${Array.from({ length }, (_, index) => nest(level + 1, from + index * step, step)).join(",")}]`;
  };
  return Array.from({ length: rows }, (_, row) => nest(0, row * size, size));
}
