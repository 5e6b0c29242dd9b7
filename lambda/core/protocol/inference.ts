// One inference: request bytes → checked inputs → model → response.

import { invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import { JsonText } from "../tensor/json-text";
import {
  checkInputs,
  type Inferred,
  type Invocation,
  type Model,
  named,
  type OutputSpec,
  type Signature,
} from "../tensor/signature";
import { type ReadBody, readBody, type RequestBody } from "./inference-body";
import type { RequestedOutput } from "./inference-request";
import { noForm, responseWriter, type WrittenResponse } from "./inference-response";
import { writeColumns, writePredictions } from "./predictions";
import { isRaw, rawInput, rawParameters } from "./raw-request";
import { checkSize } from "./response";
import type { Table } from "./rows";

export interface InferenceBody extends RequestBody {
  /** Whether NaN and infinite numbers are answered as `null`, see `isStrict`. */
  readonly strictNumbers: boolean;
  /** Maximum size of the response, in bytes. */
  readonly responseLimit: number;
  readonly invocation: Invocation;
}

/**
 * Whether the caller asks for JSON without NaN and Infinity, which RFC 8259 does not have and JavaScript cannot read: by
 * `Accept: application/json;nan=null` (a parameter of the media type, RFC 9110 section 12.5.1).
 */
export function isStrict(accept: string | undefined): boolean {
  return accept !== undefined && /;\s*nan\s*=\s*"?null"?\s*(?:[;,]|$)/i.test(accept);
}

/** Runs the model on a request body; with the answer comes the version that gave it. @throws Failure for everything that the caller did wrong or the model refuses */
export async function infer(model: Model, body: InferenceBody): Promise<WrittenResponse & { version: string }> {
  const request = isRawBody(body) ? rawRequest(model.signature, body) : readBody(model.signature, body);
  const write = request.table === undefined ? responseWriter(request, model.name) : tableWriter(request.table);
  const inferred = await model.run(request.inputs, wantedOutputs(model, request.outputs), body.invocation);
  checkSize(inferred.outputs, body.responseLimit);
  const { json, binary } = write(textOf(body), inferred);
  return { json, binary, version: inferred.version };
}

function tableWriter({ rows }: Table): (text: JsonText, inferred: Inferred) => WrittenResponse {
  return (text, { outputs }) => ({
    json: rows === undefined ? writeColumns(text, outputs) : writePredictions(text, outputs, rows),
    binary: undefined,
  });
}

export const textOf = (body: InferenceBody) => new JsonText(body.responseLimit, body.strictNumbers);

/** The checked inputs of a request body, in whatever form. @throws Failure for everything that the caller did wrong */
export function inputsOf({ signature }: Model, body: InferenceBody): readonly Tensor[] {
  return (isRawBody(body) ? rawRequest(signature, body) : readBody(signature, body)).inputs;
}

/** TensorFlow Serving has no raw requests. */
function isRawBody({ forms, headerLength }: InferenceBody): boolean {
  return forms !== "rows" && isRaw(headerLength);
}

function rawRequest(signature: Signature, { bytes }: InferenceBody): ReadBody {
  const inputs = [rawInput(bytes, signature)];
  checkInputs(signature, inputs, () => "body");
  return { ...noForm, inputs, table: undefined, parameters: rawParameters };
}

function wantedOutputs(model: Model, requested: readonly RequestedOutput[]): string[] {
  return requested.length === 0 ? available(model) : requested.map(wanted(model.signature.outputs));
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
