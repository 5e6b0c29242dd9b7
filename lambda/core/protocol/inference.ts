// One inference: request bytes → checked inputs → model → response.

import { isUtf8 } from "node:buffer";

import { Failure, invalid } from "../failure";
import {
  attachBinary,
  isBinary,
  type ReadInput,
  readInputs,
  readOutputs,
  type RequestedOutput,
} from "./inference-request";
import { responseWriter, type Written } from "./inference-response";
import { checkSize } from "./response-size";
import { JsonCursor } from "../tensor/json-cursor";
import { noParameters, readParameters, refuseUnsupported } from "./parameters";
import { isRaw, rawInput, rawParameters } from "./raw-request";
import { readInstances, writePredictions } from "./rows";
import { checkInputs, type Model, named, type OutputSpec } from "../tensor/signature";
import type { Tensor } from "../tensor/tensor";

export interface InferenceBody {
  readonly bytes: Buffer;
  /** Value of the header `Inference-Header-Content-Length` as sent. */
  readonly headerLength: string | undefined;
  /** Whether the row form (`instances`) is accepted as well. */
  readonly rows: boolean;
  /** Maximum size of the response, in bytes. */
  readonly responseLimit: number;
}

/** Runs the model on a request body. @throws Failure for everything that the caller did wrong or the model refuses */
export async function infer(model: Model, body: InferenceBody): Promise<Written> {
  if (isRaw(body.headerLength)) return inferRaw(model, body);
  const { signature } = model;
  const cursor = new JsonCursor(body.bytes);
  let id: string | undefined;
  let parameters = noParameters;
  let read: ReadInput[] | undefined;
  let outputs: RequestedOutput[] = [];
  let instances: Tensor[] | undefined;

  cursor.object((key) => {
    cursor.field = key === "id" || key === "parameters" || key === "outputs" ? key : "body";
    if (key === "inputs") read = readInputs(cursor, signature);
    else if (key === "outputs") outputs = readOutputs(cursor, signature);
    else if (key === "id") id = readId(cursor);
    else if (key === "parameters") parameters = readParameters(cursor);
    else if (key === "instances" && body.rows) instances = readInstances(cursor, signature);
    else cursor.skip();
  });
  const binary = binaryPart(cursor, body, read?.some(isBinary) ?? false);

  if (instances !== undefined) {
    if (read !== undefined) throw invalid("body", "has both inputs and instances");
    checkInputs(signature, instances, () => "instances");
    const predicted = await run(model, instances, []);
    checkSize(predicted, body.responseLimit);
    return { json: writePredictions(predicted, instances[0]!.shape[0]!), binary: undefined };
  }
  if (read === undefined) throw invalid(body.rows ? "inputs or instances" : "inputs", "is missing");
  refuseUnsupported(parameters, "body");
  const inputs = attachBinary(read, binary);
  checkInputs(signature, inputs, (index) => `inputs[${index}]`);
  const write = responseWriter({ id, parameters, outputs }, model);
  const given = await run(model, inputs, outputs);
  checkSize(given, body.responseLimit);
  return write(given);
}

async function inferRaw(model: Model, { bytes, responseLimit }: InferenceBody): Promise<Written> {
  const inputs = [rawInput(bytes, model.signature)];
  checkInputs(model.signature, inputs, () => "body");
  const given = await run(model, inputs, []);
  checkSize(given, responseLimit);
  return responseWriter({ id: undefined, parameters: rawParameters, outputs: [] }, model)(given);
}

/**
 * Checks the end and the encoding of the JSON, and returns the bytes after it. If no input is binary, the whole body
 * must be JSON, whatever the header says: tritonclient modifies the caller's headers, so the length may be stale.
 */
function binaryPart(cursor: JsonCursor, body: InferenceBody, binary: boolean): Buffer {
  const { bytes, headerLength } = body;
  let end = bytes.length;
  if (binary) {
    const field = "Inference-Header-Content-Length";
    if (headerLength === undefined) throw invalid(field, "is missing, and an input has binary_data_size");
    end = /^[0-9]{1,10}$/.test(headerLength) ? Number(headerLength) : Infinity;
    if (end < cursor.at || end > bytes.length) throw invalid(field, "must be the length of the JSON in the body");
  }
  if (!isUtf8(bytes.subarray(0, end))) throw new Failure("malformed-json", "it is not UTF-8");
  const json = new JsonCursor(bytes.subarray(0, end));
  json.at = cursor.at;
  json.end();
  return bytes.subarray(end);
}

function readId(cursor: JsonCursor): string {
  if (cursor.peek() !== 0x22) throw cursor.unfit("must be a string");
  return cursor.string();
}

async function run(model: Model, inputs: readonly Tensor[], asked: readonly RequestedOutput[]): Promise<Tensor[]> {
  return model.run(inputs, asked.length === 0 ? available(model) : asked.map(wanted(model.signature.outputs)));
}

/** Names of all outputs that can be returned as tensors: the default if the request names none. */
function available({ signature }: Model): string[] {
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
