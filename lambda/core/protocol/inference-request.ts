// Reads an inference request of the Open Inference Protocol V2: JSON, optionally followed by binary tensor data.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#inference

import { invalid } from "../failure";
import { readBinary } from "../tensor/binary-tensor";
import { type Datatype, datatypes, type Elements, isDatatype, maximumRank, type Tensor } from "../tensor/datatype";
import type { JsonCursor } from "../tensor/json-cursor";
import { scanBigInteger, scanSmallInteger } from "../tensor/json-integer";
import { readShaped } from "../tensor/json-tensor";
import { isWordByte } from "../tensor/json-token";
import type { Signature } from "../tensor/signature";
import { noParameters, type Parameters, readParameters, rejectUnsupported, size } from "./parameters";

export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

/** A tensor as read from the JSON: its elements, or the length of its data in the binary part, in bytes. */
export interface ReadTensor extends Omit<Tensor, "data"> {
  readonly data: Elements | { readonly binary: number };
}

/**
 * Reads the list of inputs. It may not be longer than the model's, so that a body of countless inputs fails at once.
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function readInputs(cursor: JsonCursor, signature: Signature): ReadTensor[] {
  const inputs: ReadTensor[] = [];
  cursor.array((index) => {
    if (index >= signature.inputs.length) {
      throw invalid("inputs", `the model has ${signature.inputs.length}, and more are given`);
    }
    cursor.field = `inputs[${index}]`;
    inputs.push(readTensor(cursor, cursor.field));
  });
  cursor.field = "body";
  return inputs;
}

const known = new Set(["name", "shape", "datatype", "parameters", "data"]);

/**
 * Reads an input of a request; the outputs of an answer have the same form.
 * @param field its name in messages
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function readTensor(cursor: JsonCursor, field: string): ReadTensor {
  let name: string | undefined;
  let shape: number[] | undefined;
  let datatype: Datatype | undefined;
  let parameters = noParameters;
  let data: Elements | undefined;
  /** Position of the data if it precedes the datatype or the shape, as in requests of clients that sort their keys. */
  let later: number | undefined;

  cursor.object((key) => {
    cursor.field = known.has(key) ? `${field}.${key}` : field;
    if (key === "name") name = cursor.text();
    else if (key === "shape") shape = readShape(cursor);
    else if (key === "datatype") datatype = readDatatype(cursor);
    else if (key === "parameters") parameters = readParameters(cursor);
    else if (key !== "data") cursor.skip();
    else if (cursor.acceptNull()) return;
    else if (datatype !== undefined && shape !== undefined) data = readShaped(cursor, datatype, shape);
    else {
      const list = cursor.peek() === 0x5b;
      later = cursor.at;
      if (list) cursor.leap();
      else cursor.skip();
    }
  });

  if (name === undefined) throw invalid(`${field}.name`, "is missing");
  if (shape === undefined) throw invalid(`${field}.shape`, "is missing");
  if (datatype === undefined) throw invalid(`${field}.datatype`, "is missing");
  rejectUnsupported(parameters, field);
  const binary = size(parameters, "binary_data_size", field);
  if (later !== undefined) {
    const end = cursor.at;
    cursor.field = `${field}.data`;
    cursor.at = later;
    data = readShaped(cursor, datatype, shape);
    cursor.at = end;
  }
  if (binary !== undefined && data !== undefined) {
    throw invalid(`${field}.data`, "is given twice, as JSON and as binary_data_size");
  }
  if (binary !== undefined) return { name, shape, datatype, data: { binary } };
  if (data === undefined) throw invalid(`${field}.data`, "is missing");
  return { name, shape, datatype, data };
}

/**
 * Reads the list of requested outputs, of which none may occur twice. Whether the model has them is checked later.
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function readOutputs(cursor: JsonCursor, signature: Signature): RequestedOutput[] {
  const outputs: RequestedOutput[] = [];
  if (cursor.acceptNull()) return outputs;
  cursor.array((index) => {
    const field = `outputs[${index}]`;
    if (index >= signature.outputs.length) {
      throw invalid("outputs", `the model has ${signature.outputs.length}, and more are asked for`);
    }
    cursor.field = field;
    let name: string | undefined;
    let parameters = noParameters;
    cursor.object((key) => {
      cursor.field = `${field}.${key}`;
      if (key === "name") name = cursor.text();
      else if (key === "parameters") parameters = readParameters(cursor);
      else cursor.skip();
    });
    if (name === undefined) throw invalid(`${field}.name`, "is missing");
    rejectUnsupported(parameters, field);
    if (outputs.some((other) => other.name === name)) throw invalid(`${field}.name`, "this output is asked for twice");
    outputs.push({ name, parameters });
  });
  cursor.field = "body";
  return outputs;
}

/**
 * Resolves each binary tensor to its bytes, which follow the JSON in the order of the tensors.
 * @param list name of their list in messages: `inputs`
 * @throws Failure `invalid-request` if the binary part is too short or too long
 */
export function attachBinary(tensors: readonly ReadTensor[], binary: Buffer, list: string): Tensor[] {
  let at = 0;
  const attached = tensors.map((tensor, index) => {
    const { name, datatype, shape, data } = tensor;
    if (!("binary" in data)) return { name, datatype, shape, data };
    const field = `${list}[${index}].parameters.binary_data_size`;
    const end = at + data.binary;
    if (end > binary.length) throw invalid(field, "is more than the bytes behind the JSON");
    const bytes = binary.subarray(at, end);
    at = end;
    return { name, datatype, shape, data: readBinary(bytes, datatype, shape, field) };
  });
  if (at !== binary.length) throw invalid("body", "has more bytes behind the JSON than binary_data_size accounts for");
  return attached;
}

/** Whether the input's elements are in the binary part. */
export function isBinary(input: ReadTensor): boolean {
  return "binary" in input.data;
}

function readShape(cursor: JsonCursor): number[] {
  const shape: number[] = [];
  cursor.array((level) => {
    if (level >= maximumRank) throw cursor.unfit(`has more than ${maximumRank} dimensions`);
    shape.push(readSize(cursor));
  });
  return shape;
}

/** A size of a dimension: nearly always a few plain digits. */
function readSize(cursor: JsonCursor): number {
  cursor.peek();
  const start = cursor.at;
  const small = scanSmallInteger(cursor);
  if (small !== undefined && small >= 0 && !isWordByte(cursor.bytes[cursor.at])) return small;
  cursor.at = start;
  return Number(scanBigInteger(cursor, 0n, BigInt(Number.MAX_SAFE_INTEGER)));
}

function readDatatype(cursor: JsonCursor): Datatype {
  const name = cursor.text();
  if (!isDatatype(name)) throw cursor.unfit(`must be one of ${Object.keys(datatypes).join(", ")};`);
  return name;
}
