// Generated from model.onnx: `npm run types` writes it anew.

/** What `request` gives. */
export interface Inputs {
  /** FP32 [any, 64] */
  readonly pixels: Tensor<Float32Array, readonly [number, 64]>;
}

/** What `response` gets. */
export interface Outputs {
  /** INT64 [any] */
  readonly label: Tensor<BigInt64Array, readonly [number]>;
  /** FP32 [any, 10] */
  readonly probabilities: Tensor<Float32Array, readonly [number, 10]>;
}

/** Both, for a transform that calls this model from another: `context.model<Model>(…)`. */
export interface Model {
  readonly inputs: Inputs;
  readonly outputs: Outputs;
}

export type Transform = TransformOf<Inputs, Outputs>;

/** A tensor, row-major: one element for each place in its shape. */
export interface Tensor<Data, Shape extends readonly number[] = readonly number[]> {
  readonly shape: Shape;
  readonly data: Data;
}

/** The elements of a tensor of any datatype: FP16 as its bits in a Uint16Array, BOOL as 0 and 1 in a Uint8Array, BYTES as texts. */
export type Elements =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** JSON to answer; numbers in typed arrays are written as lists. `undefined` members are left out. */
export type JsonAnswer =
  | null
  | boolean
  | number
  | string
  | Exclude<Elements, BigInt64Array | BigUint64Array>
  | readonly JsonAnswer[]
  | { readonly [name: string]: JsonAnswer | undefined };

/** What the caller gets: JSON, or bytes with their media type. */
export type Answer = JsonAnswer | { readonly contentType: string; readonly body: Uint8Array };

/** Inputs and outputs of a model, by name. */
interface AnyModel {
  readonly inputs: Readonly<Record<string, Tensor<Elements>>>;
  readonly outputs: Readonly<Record<string, Tensor<Elements>>>;
}

/** One call. */
export interface Context {
  /** Media type of the body in lower case, without parameters; empty if none was sent. */
  readonly contentType: string;
  /** The header `Accept` as sent; empty if none was. */
  readonly accept: string;
  /** The body's member `parameters`, if it has that; otherwise empty. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** For what `response` needs from `request`. */
  readonly state: Record<string, unknown>;
  /** Another model of the folder: `context.model<Classifier>("classifier")`, with `Classifier` the `Model` of its `model.ts`. */
  model<Other extends { inputs: object; outputs: object } = AnyModel>(
    name: string,
  ): { infer(inputs: Other["inputs"]): Promise<Other["outputs"]> };
}

/** At least one of the two; see docs/transforms.md. */
export interface TransformOf<Inputs, Outputs> {
  /** Turns the body, JSON or bytes by its content type, into the model's inputs. */
  request?(body: Json | Uint8Array, context: Context): Inputs | Promise<Inputs>;
  /** Turns the model's outputs into what the caller gets. */
  response?(outputs: Outputs, context: Context): Answer | Promise<Answer>;
}

/** Thrown to refuse a call: the caller gets the status, from 400 to 499, and the text. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}
