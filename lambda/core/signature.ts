// What a model takes and gives, by its own account, and the check of a request's inputs against it.

import type { Datatype } from "./datatype";
import { invalid } from "./failure";
import type { Tensor } from "./tensor";

export interface InputSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /**
   * Sizes of the dimensions, -1 where any will do; empty for a scalar, or where the model states no rank: the runtime
   * tells these two apart in no way, so an empty shape is not held against an input.
   */
  readonly shape: readonly number[];
}

export interface OutputSpec {
  readonly name: string;
  /** `undefined` where the runtime cannot hand the output over as a tensor of a V2 datatype. */
  readonly datatype: Datatype | undefined;
  readonly shape: readonly number[];
}

export interface Signature {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutputSpec[];
}

/** A model that is loaded: what the core needs of it. */
export interface Model {
  readonly name: string;
  /** First 12 hex digits of the model's digest. */
  readonly version: string;
  readonly signature: Signature;
  /** Runs on inputs that were checked, and returns the named outputs in that order. */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<Tensor[]>;
}

/** Refuses inputs that the model does not have, lacks or cannot take. `fields` names each input in the texts. */
export function checkInputs(signature: Signature, inputs: readonly Tensor[], fields: (index: number) => string): void {
  inputs.forEach((input, index) => {
    const spec = signature.inputs.find(({ name }) => name === input.name);
    if (spec === undefined) {
      throw invalid(`${fields(index)}.name`, `the model has no such input; it has ${named(signature.inputs)}`);
    }
    if (inputs.findIndex(({ name }) => name === input.name) !== index) {
      throw invalid(`${fields(index)}.name`, "this input is given twice");
    }
    if (input.datatype !== spec.datatype) throw invalid(`${fields(index)}.datatype`, `must be ${spec.datatype}`);
    checkShape(spec, input.shape, `${fields(index)}.shape`);
  });
  if (inputs.length < signature.inputs.length) {
    const missing = signature.inputs.filter(({ name }) => !inputs.some((input) => input.name === name));
    throw invalid("inputs", `missing ${named(missing)}`);
  }
}

function checkShape(spec: InputSpec, shape: readonly number[], field: string): void {
  if (spec.shape.length === 0) return;
  const fits =
    shape.length === spec.shape.length && spec.shape.every((size, level) => size === -1 || size === shape[level]);
  if (!fits) throw invalid(field, `must be [${spec.shape.join(", ")}], where -1 is any size`);
}

/** The names of the model's own inputs or outputs, for a text. */
export function named(specs: readonly { readonly name: string }[]): string {
  return specs.map(({ name }) => name).join(", ");
}
