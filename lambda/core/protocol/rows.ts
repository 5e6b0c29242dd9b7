// Reads the inputs of TensorFlow Serving's predict API, which Vertex AI shares: rows, `{"instances": [row, …]}`, or
// columns, `{"inputs": value}`. A value belongs to the only input, or an object has one for each input, by its name.
// Source: https://www.tensorflow.org/tfx/serving/api_rest#predict_api

import { invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import type { JsonCursor } from "../tensor/json-cursor";
import { Stack } from "../tensor/json-tensor";
import { checkShape, type InputSpec, named, type Signature } from "../tensor/signature";

/** Inputs as rows or columns, checked against the signature. */
export interface Table {
  readonly inputs: readonly Tensor[];
  /** Number of rows; `undefined`: columns, whose first dimensions may differ. */
  readonly rows: number | undefined;
}

/** Reads the list of instances into one tensor for each input. @throws Failure `malformed-json`, `invalid-request` */
export function readInstances(cursor: JsonCursor, signature: Signature): Table {
  const stacks = signature.inputs.map((spec) => ({ spec, stack: new Stack(spec.datatype) }));
  let rows = 0;
  cursor.array((index) => {
    const at = `instances[${index}]`;
    rows = index + 1;
    readValues(cursor, at, stacks);
    for (const { spec, stack } of stacks) if (stack.length !== rows) throw invalid(at, `lacks ${spec.name}`);
  });
  if (rows === 0) throw invalid("instances", "must not be empty");
  const inputs = stacks.map(({ spec, stack }) => tensorOf(spec, stack.shape, stack, `${spec.name} in instances`));
  return { inputs, rows };
}

/** Reads the value of each input as a whole. @throws Failure `malformed-json`, `invalid-request` */
export function readColumns(cursor: JsonCursor, signature: Signature): Table {
  const stacks = signature.inputs.map((spec) => ({ spec, stack: new Stack(spec.datatype) }));
  readValues(cursor, "inputs", stacks);
  const missing = stacks.filter(({ stack }) => stack.length === 0).map(({ spec }) => spec);
  if (missing.length > 0) throw invalid("inputs", `lacks ${named(missing)}`);
  const inputs = stacks.map(({ spec, stack }) => tensorOf(spec, stack.shape.slice(1), stack, `inputs.${spec.name}`));
  return { inputs, rows: undefined };
}

interface InputStack {
  readonly spec: InputSpec;
  readonly stack: Stack;
}

/** Pushes a value for the only input, or an object's value for each, onto the stacks. */
function readValues(cursor: JsonCursor, field: string, stacks: readonly InputStack[]): void {
  const [only, ...others] = stacks;
  cursor.field = field;
  if (cursor.peek() !== 0x7b) {
    if (only !== undefined && others.length === 0) only.stack.push(cursor);
    else throw cursor.mismatch(`an object with a value for each input (${named(stacks.map(({ spec }) => spec))})`);
    return;
  }
  // A lone `{"b64": …}` is the value of the only input, unless that is its name.
  if (others.length === 0 && only?.spec.name !== "b64" && only?.spec.datatype === "BYTES" && isBase64(cursor)) {
    only.stack.push(cursor);
    return;
  }
  cursor.object((name) => {
    const found = stacks.find(({ spec }) => spec.name === name);
    cursor.field = field;
    if (found === undefined) {
      throw invalid(field, `has an input that the model has not; it has ${named(stacks.map(({ spec }) => spec))}`);
    }
    cursor.field = `${field}.${name}`;
    found.stack.push(cursor);
  });
  cursor.field = field;
}

/** Whether the object that comes next has `b64` for its first key. Nothing is consumed. */
export function isBase64(cursor: JsonCursor): boolean {
  return /^\{\s*"b64"/.test(cursor.bytes.toString("latin1", cursor.at, cursor.at + 64));
}

/** A column of single values may leave out a last dimension of one: `5` where `[5]` is meant. */
function tensorOf(spec: InputSpec, shape: readonly number[], { data }: Stack, field: string): Tensor {
  const { name, datatype } = spec;
  const single = shape.length === spec.shape.length - 1 && spec.shape.at(-1) === 1;
  const tensor = { name, datatype, shape: single ? [...shape, 1] : shape, data };
  checkShape(spec, tensor.shape, `the shape of ${field}`);
  return tensor;
}

/**
 * Reads the optional name of a signature. A model has one, which TensorFlow Serving calls `serving_default`.
 * @throws Failure `invalid-request` for any other
 */
export function readSignatureName(cursor: JsonCursor): void {
  if (cursor.acceptNull()) return;
  const name = cursor.text();
  if (name !== "" && name !== "serving_default") throw cursor.unfit("the model has no signature but serving_default;");
}
