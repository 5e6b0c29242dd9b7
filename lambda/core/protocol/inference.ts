// One inference: request bytes → checked inputs → model → response.

import { isUtf8 } from "node:buffer";
import { Failure, invalid } from "../failure";
import { readBinary } from "../tensor/binary-tensor";
import { datatypes, type Tensor } from "../tensor/datatype";
import { JsonCursor } from "../tensor/json-cursor";
import { checkInputs, type InputSpec, type Model, named, type OutputSpec, type Signature } from "../tensor/signature";
import {
  attachBinary,
  isBinary,
  type ReadInput,
  readInputs,
  readOutputs,
  type RequestedOutput,
} from "./inference-request";
import { type ResponseForm, responseWriter, type WrittenResponse } from "./inference-response";
import { noParameters, type Parameters, readParameters, rejectUnsupported } from "./parameters";
import { checkSize } from "./response";
import { readInstances, writePredictions } from "./rows";

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
export async function infer(model: Model, body: InferenceBody): Promise<WrittenResponse> {
  if (isRaw(body.headerLength)) return inferRaw(model, body);
  const request = readBody(model.signature, body);
  if (request.rows !== undefined) {
    const predicted = await run(model, request.inputs, []);
    checkSize(predicted, body.responseLimit);
    return { json: writePredictions(predicted, request.rows), binary: undefined };
  }
  const write = responseWriter(request, model);
  const returned = await run(model, request.inputs, request.outputs);
  checkSize(returned, body.responseLimit);
  return write(returned);
}

/** The checked inputs of a request body, in whatever form. @throws Failure for everything that the caller did wrong */
export function inputsOf({ signature }: Model, body: InferenceBody): readonly Tensor[] {
  if (!isRaw(body.headerLength)) return readBody(signature, body).inputs;
  const inputs = [rawInput(body.bytes, signature)];
  checkInputs(signature, inputs, () => "body");
  return inputs;
}

interface ReadBody extends ResponseForm {
  readonly inputs: readonly Tensor[];
  /** Number of rows in the row form; `undefined`: the V2 form. */
  readonly rows?: number;
}

function readBody(signature: Signature, body: InferenceBody): ReadBody {
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
    return { inputs: instances, rows: instances[0]!.shape[0]!, id, parameters, outputs };
  }
  if (read === undefined) throw invalid(body.rows ? "inputs or instances" : "inputs", "is missing");
  rejectUnsupported(parameters, "body");
  const inputs = attachBinary(read, binary);
  checkInputs(signature, inputs, (index) => `inputs[${index}]`);
  return { inputs, id, parameters, outputs };
}

async function inferRaw(model: Model, body: InferenceBody): Promise<WrittenResponse> {
  const returned = await run(model, inputsOf(model, body), []);
  checkSize(returned, body.responseLimit);
  return responseWriter({ id: undefined, parameters: rawParameters, outputs: [] }, model)(returned);
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

// Triton's raw binary request: `Inference-Header-Content-Length: 0`, and a body that is the data of the model's only
// input, without JSON. Datatype and shape come from the model's signature.
// Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html#raw-binary-request

/** Whether a request is raw binary. @param headerLength `Inference-Header-Content-Length` as sent */
function isRaw(headerLength: string | undefined): boolean {
  return headerLength === "0";
}

/** Name of the body in messages; it gives the reason, since the header may have been sent by mistake. */
const field = "body (raw, for Inference-Header-Content-Length is 0)";

/** Triton responds to a raw request with every output as binary. */
const rawParameters: Parameters = new Map([["binary_data_output", "true"]]);

/**
 * The body as the model's input.
 * @throws Failure `invalid-request` if the model has several inputs, or the body does not determine the shape
 */
function rawInput(bytes: Buffer, { inputs }: Signature): Tensor {
  const [spec, ...others] = inputs;
  if (spec === undefined || others.length > 0) {
    throw invalid(field, `the model must have one input, and this one has ${named(inputs)}`);
  }
  const { name, datatype } = spec;
  if (datatypes[datatype].bytes === 0) {
    // The body is a single BYTES element without its usual 4-byte length, which is added here.
    const shape = filled(spec, 1, 1);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return { name, datatype, shape, data: readBinary(Buffer.concat([length, bytes]), datatype, shape, field) };
  }
  const shape = filled(spec, datatypes[datatype].bytes, bytes.length);
  return { name, datatype, shape, data: readBinary(bytes, datatype, shape, field) };
}

/**
 * The input's shape, with its variable dimension derived from the number of bytes. If there are two, and one is the
 * first dimension, that one is the batch, of size 1.
 * @param width bytes per element
 */
function filled({ shape }: InputSpec, width: number, bytes: number): number[] {
  const variable = shape.flatMap((size, level) => (size === -1 ? [level] : []));
  const batch = variable.length > 1 && variable[0] === 0 ? 1 : 0;
  if (variable.length - batch > 1) throw invalid(field, "the model's input has more than one variable dimension");
  const fixed = shape.reduce((count, size) => (size === -1 ? count : count * size), width);
  const rest = fixed === 0 ? 0 : Math.max(1, Math.floor(bytes / fixed));
  return shape.map((size, level) => (size !== -1 ? size : batch === 1 && level === 0 ? 1 : rest));
}
