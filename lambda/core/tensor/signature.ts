// A model's signature (its inputs and outputs, read from the model), and the check of a request's inputs.

import { type Failure, invalid } from "../failure";
import type { Datatype, Tensor } from "./datatype";

export interface InputSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /**
   * Sizes of the dimensions, -1 for any size; empty for a scalar or an unknown rank. onnxruntime does not distinguish
   * these two, so inputs are not checked against an empty shape.
   */
  readonly shape: readonly number[];
}

export interface OutputSpec {
  readonly name: string;
  /** `undefined` if onnxruntime cannot return the output as a tensor of a V2 datatype. */
  readonly datatype: Datatype | undefined;
  /** As in `InputSpec`. */
  readonly shape: readonly number[];
  /** Names of the columns of a classifier's scores. */
  readonly labels?: readonly (string | number)[];
  /** Its type in the model's file, as ONNX writes it: `seq(map(int64,tensor(float)))`. */
  readonly type: string;
}

export interface Signature {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutputSpec[];
}

/** A model that can be called, as the core uses it. */
export interface Model {
  readonly name: string;
  /** First 12 hex digits of the model's digest. */
  readonly version: string;
  readonly signature: Signature;
  /**
   * Runs on checked inputs and returns the named outputs in the given order.
   * @throws Failure `refused-by-model`; if an endpoint computes it, also `model-busy`, `model-unavailable` and those of a size
   */
  run(inputs: readonly Tensor[], outputs: readonly string[], invocation: Invocation): Promise<Inferred>;
  /** Why it is taken for not callable at the moment; absent, or `undefined`: it is taken for callable. */
  fault?(): Failure | undefined;
}

export interface Inferred {
  /** Version of the model that computed them: while an endpoint is updated, not always the one that the function was deployed with. */
  readonly version: string;
  readonly outputs: readonly Tensor[];
}

/** What a model at an endpoint needs to know of the request, and tells about it. */
export interface Invocation {
  /** When the outputs must be there, in milliseconds of the function's monotonic clock. */
  readonly deadline: number;
  /** Receives each call of an endpoint, whatever came of it. */
  readonly called: (call: EndpointCall) => void;
}

/** A call of an endpoint, for the log. */
export interface EndpointCall {
  /** The model that the endpoint computes. */
  readonly model: string;
  /** Milliseconds, with all tries. */
  readonly ms: number;
  /** Number of requests sent. */
  readonly tries: number;
  readonly outcome: EndpointOutcome;
}

/** What comes of a call of an endpoint: docs/endpoints.md says what each means, and what the caller is told. */
export const endpointOutcomes = ["answered", "refused", "busy", "unavailable", "late", "unfit", "too-large"] as const;

export type EndpointOutcome = (typeof endpointOutcomes)[number];

/**
 * Checks that each of the model's inputs is given exactly once, with its datatype and shape, and no others.
 * @param fields name of each input in messages
 * @throws Failure `invalid-request`
 */
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

/** @param field the input's name in messages @throws Failure `invalid-request` for a shape that the input cannot have */
export function checkShape(spec: InputSpec, shape: readonly number[], field: string): void {
  if (spec.shape.length === 0) return;
  const fits =
    shape.length === spec.shape.length && spec.shape.every((size, level) => size === -1 || size === shape[level]);
  if (!fits)
    throw invalid(field, `must be [${spec.shape.join(", ")}], where -1 is any size, not [${shape.join(", ")}]`);
}

/** The names of inputs or outputs, for a message. */
export function named(specs: readonly { readonly name: string }[]): string {
  return specs.map(({ name }) => name).join(", ");
}
