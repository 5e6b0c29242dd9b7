// Code that an operator puts around a model: `request` turns a body into the model's inputs, `response` its outputs into the answer.

import { Failure, TransformFault } from "../failure";
import { available, type InferenceBody, inputsOf, textOf } from "../protocol/inference";
import { noForm, responseWriter } from "../protocol/inference-response";
import { type Answer, checkSize } from "../protocol/response";
import type { Tensor } from "../tensor/datatype";
import type { Model } from "../tensor/signature";
import { answerOf, parametersIn, parametersOf, readBody } from "./transform-body";
import { givenTensors, namedTensors, type NamedTensors } from "./transform-tensors";

/** A loaded transform. At least one of the two functions is there. */
export interface Transform {
  /** First 12 hex digits of its digest. */
  readonly version: string;
  readonly request?: (body: unknown, context: TransformContext) => unknown;
  readonly response?: (outputs: NamedTensors, context: TransformContext) => unknown;
  /** What an error that it threw was, and where: name, file, line and column, without the message. */
  describe(error: unknown): string;
}

/** Documented for authors in docs/transforms.md, and in the types that are generated beside each model. */
export interface TransformContext {
  readonly contentType: string;
  readonly accept: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state: Record<string, unknown>;
  model(name: string): { infer(inputs: unknown): Promise<NamedTensors> };
}

export interface TransformCall {
  /** As for an inference without a transform, decompressed. */
  readonly body: InferenceBody;
  /** Media type in lower case, without parameters; empty if none was sent. */
  readonly contentType: string;
  /** Header `Accept` as sent; empty if none was. */
  readonly accept: string;
  /** A model of the folder, by name. @throws Failure `unknown-model`, `model-unavailable` */
  readonly modelNamed: (name: string) => Promise<Model>;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
}

/**
 * Runs the model on what `request` makes of the body, and answers what `response` makes of the outputs, with the model's version.
 * @param spent receives the milliseconds in the transform, without those in models, also if it fails
 * @throws Failure as `infer` does, and `refused-by-transform`; TransformFault for every mistake of the transform's
 */
export async function inferTransformed(
  transform: Transform,
  model: Model,
  call: TransformCall,
  spent: (ms: number) => void,
): Promise<{ answer: Answer; version: string }> {
  const { request, response } = transform;
  const time = new Stopwatch(call.clock);
  const run = (work: () => unknown) => time.run(() => guarded(transform, work));
  const contextWith = (parameters: TransformContext["parameters"]): TransformContext => ({
    contentType: call.contentType,
    accept: call.accept,
    parameters,
    state: {},
    model: (name) => ({ infer: (inputs) => time.pause(() => inferOther(name, inputs, call)) }),
  });
  try {
    let context: TransformContext;
    let inputs: readonly Tensor[];
    if (request === undefined) {
      inputs = inputsOf(model, call.body);
      context = contextWith(call.body.headerLength === "0" ? {} : parametersIn(call.body.bytes));
    } else {
      const body = readBody(call.body.bytes, call.contentType);
      context = contextWith(parametersOf(body));
      inputs = givenTensors(model.signature.inputs, await run(() => request(body, context)), "request");
    }
    const inferred = await model.run(inputs, available(model), call.body.invocation);
    const { outputs, version } = inferred;
    if (response !== undefined)
      return { answer: answerOf(await run(() => response(namedTensors(outputs), context))), version };
    checkSize(outputs, call.body.responseLimit);
    const { json } = responseWriter(noForm, model.name)(textOf(call.body), inferred);
    return { answer: { json }, version };
  } finally {
    spent(Math.max(0, time.ms));
  }
}

async function inferOther(name: string, inputs: unknown, { modelNamed, body }: TransformCall): Promise<NamedTensors> {
  let model: Model;
  try {
    model = await modelNamed(name);
  } catch (error) {
    if (error instanceof Failure && error.code === "unknown-model")
      throw new TransformFault("context.model was asked for a model that is not in the folder");
    throw error;
  }
  const { outputs } = await model.run(
    givenTensors(model.signature.inputs, inputs, "context.model().infer"),
    available(model),
    body.invocation,
  );
  return namedTensors(outputs);
}

/** Longest text of a refusal that is passed on, in characters. */
const longestText = 1000;

/** A refusal that the transform chose: its own status and text. */
export class RefusedByTransform extends Failure {
  constructor(
    private readonly own: number,
    override readonly message: string,
  ) {
    super("refused-by-transform", "");
  }

  override get status(): number {
    return this.own;
  }
}

/** Runs code of the transform. @throws Failure, TransformFault: nothing else of what it throws */
async function guarded(transform: Transform, work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || error instanceof TransformFault) throw error;
    if (!isRefused(error)) throw new TransformFault(transform.describe(error));
    const { status, message } = error;
    if (!Number.isInteger(status) || status < 400 || status > 499)
      throw new TransformFault("Refused was thrown with a status that is not from 400 to 499");
    throw new RefusedByTransform(status, message.slice(0, longestText));
  }
}

/** The class is generated beside each model, so that each bundle has one of its own: it is known by its name. */
function isRefused(error: unknown): error is Error & { readonly status: number } {
  return error instanceof Error && error.name === "Refused" && "status" in error && typeof error.message === "string";
}

/** Adds up time that is spent in something, but for pauses. */
class Stopwatch {
  ms = 0;

  constructor(private readonly clock: () => number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    return this.count(1, work);
  }

  /** Work within `run` that does not count. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    return this.count(-1, work);
  }

  private async count<T>(sign: number, work: () => Promise<T>): Promise<T> {
    const started = this.clock();
    try {
      return await work();
    } finally {
      this.ms += sign * (this.clock() - started);
    }
  }
}
