// One inference: request bytes → checked inputs → model → response.

import { invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import { JsonText } from "../tensor/json-text";
import { checkInputs, type Model, named, type OutputSpec } from "../tensor/signature";
import { readBody, type RequestBody } from "./inference-body";
import type { RequestedOutput } from "./inference-request";
import { responseWriter, type WrittenResponse } from "./inference-response";
import { writeColumns, writePredictions } from "./predictions";
import { isRaw, rawInput, rawParameters } from "./raw-request";
import { checkSize } from "./response";

export interface InferenceBody extends RequestBody {
  /** Whether NaN and infinite numbers are answered as `null`, see `isStrict`. */
  readonly strictNumbers: boolean;
  /** Maximum size of the response, in bytes. */
  readonly responseLimit: number;
}

/**
 * Whether the caller asks for JSON without NaN and Infinity, which RFC 8259 does not have and JavaScript cannot read: by
 * `Accept: application/json;nan=null` (a parameter of the media type, RFC 9110 section 12.5.1).
 */
export function isStrict(accept: string | undefined): boolean {
  return accept !== undefined && /;\s*nan\s*=\s*"?null"?\s*(?:[;,]|$)/i.test(accept);
}

/** Runs the model on a request body. @throws Failure for everything that the caller did wrong or the model refuses */
export async function infer(model: Model, body: InferenceBody): Promise<WrittenResponse> {
  const { forms, responseLimit } = body;
  if (forms !== "rows" && isRaw(body.headerLength)) return inferRaw(model, body);
  const request = readBody(model.signature, body);
  if (request.table !== undefined) {
    const { inputs, rows } = request.table;
    const predicted = await run(model, inputs, []);
    checkSize(predicted, responseLimit);
    return {
      json:
        rows === undefined ? writeColumns(textOf(body), predicted) : writePredictions(textOf(body), predicted, rows),
      binary: undefined,
    };
  }
  const write = responseWriter(request, model);
  const returned = await run(model, request.inputs, request.outputs);
  checkSize(returned, responseLimit);
  return write(textOf(body), returned);
}

export const textOf = (body: InferenceBody) => new JsonText(body.responseLimit, body.strictNumbers);

/** The checked inputs of a request body, in whatever form. @throws Failure for everything that the caller did wrong */
export function inputsOf({ signature }: Model, body: InferenceBody): readonly Tensor[] {
  if (body.forms === "rows" || !isRaw(body.headerLength)) {
    const { table, ...request } = readBody(signature, body);
    return table?.inputs ?? (request as { inputs: readonly Tensor[] }).inputs;
  }
  const inputs = [rawInput(body.bytes, signature)];
  checkInputs(signature, inputs, () => "body");
  return inputs;
}

async function inferRaw(model: Model, body: InferenceBody): Promise<WrittenResponse> {
  const returned = await run(model, inputsOf(model, body), []);
  checkSize(returned, body.responseLimit);
  return responseWriter({ id: undefined, parameters: rawParameters, outputs: [] }, model)(textOf(body), returned);
}

async function run(model: Model, inputs: readonly Tensor[], requested: readonly RequestedOutput[]): Promise<Tensor[]> {
  return model.run(inputs, requested.length === 0 ? available(model) : requested.map(wanted(model.signature.outputs)));
}

/** Names of all outputs that can be returned as tensors: the default if the request names none. */
export function available({ signature }: Model): string[] {
  const names = signature.outputs.filter(({ datatype }) => datatype !== undefined).map(({ name }) => name);
  if (names.length === 0) throw invalid("outputs", "no output of this model can be returned as a tensor");
  return names;
}

function wanted(specs: readonly OutputSpec[]): (output: RequestedOutput, index: number) => string {
  return ({ name }, index) => {
    const spec = specs.find((known) => known.name === name);
    if (spec === undefined) {
      throw invalid(`outputs[${index}].name`, `the model has no such output; it has ${named(specs)}`);
    }
    if (spec.datatype === undefined)
      throw invalid(`outputs[${index}].name`, "this output cannot be returned as a tensor");
    return name;
  };
}
