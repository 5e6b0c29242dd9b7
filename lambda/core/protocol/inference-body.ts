// Reads the body of an inference request in the forms that its route takes: V2, or TensorFlow Serving's rows and columns.

import { isUtf8 } from "node:buffer";
import { Failure, invalid } from "../failure";
import type { Tensor } from "../tensor/datatype";
import { JsonCursor } from "../tensor/json-cursor";
import { checkInputs, type Signature } from "../tensor/signature";
import {
  attachBinary,
  isBinary,
  type ReadTensor,
  readInputs,
  readOutputs,
  type RequestedOutput,
} from "./inference-request";
import { noForm, type ResponseForm } from "./inference-response";
import { noParameters, readParameters, rejectUnsupported } from "./parameters";
import { isBase64, readColumns, readInstances, readSignatureName, type Table } from "./rows";

/** Which requests a route takes: those of V2 (`standard`), TensorFlow Serving's rows and columns, or both. */
export type Forms = "standard" | "rows" | "both";

export interface RequestBody {
  readonly bytes: Buffer;
  /** Value of the header `Inference-Header-Content-Length` as sent. */
  readonly headerLength: string | undefined;
  readonly forms: Forms;
}

/** Checked inputs, and the form of the answer. */
export interface ReadBody extends ResponseForm {
  readonly inputs: readonly Tensor[];
  /** Rows or columns, in which the answer is given as well; `undefined`: V2. */
  readonly table: Table | undefined;
}

/** @throws Failure `malformed-json`, `invalid-request` */
export function readBody(signature: Signature, body: RequestBody): ReadBody {
  const { forms } = body;
  const cursor = new JsonCursor(body.bytes);
  let id: string | undefined;
  let parametersAt: number | undefined;
  let inputs: ReadTensor[] | undefined;
  let outputs: RequestedOutput[] = [];
  let table: Table | undefined;
  const once = (read: Table): void => {
    if (table !== undefined || inputs !== undefined) throw invalid("body", "has both instances and inputs");
    table = read;
  };

  cursor.skipByteOrderMark();
  if (cursor.peek() === 0) throw invalid("body", "is empty");
  cursor.object((key) => {
    const rows = forms !== "standard";
    const own = rows && rowMembers.has(key);
    const standard = forms !== "rows" && standardMembers.has(key);
    if (!own && !standard) return cursor.skip();
    cursor.field = key;
    if (cursor.acceptNull()) return;
    if (key === "signature_name") readSignatureName(cursor);
    else if (key === "instances") once(readInstances(cursor, signature));
    else if (key === "inputs" && rows && (forms === "rows" || !isTensorList(cursor)))
      once(readColumns(cursor, signature));
    else if (key === "inputs") inputs = readInputs(cursor, signature);
    else if (key === "outputs") outputs = readOutputs(cursor, signature);
    else if (key === "id") id = cursor.text();
    else {
      // Vertex AI's may be any value; V2's are an object, which is not known to be wanted before the inputs are.
      parametersAt = cursor.at;
      cursor.skip();
    }
    cursor.field = "body";
  });
  const binary = binaryPart(cursor, body, inputs?.some(isBinary) ?? false);
  if (table !== undefined && inputs !== undefined) throw invalid("body", "has both instances and inputs");
  if (table !== undefined) return { table, inputs: table.inputs, ...noForm };
  if (inputs === undefined) throw invalid(forms === "standard" ? "inputs" : "instances or inputs", "is missing");
  let parameters = noParameters;
  if (parametersAt !== undefined) {
    cursor.at = parametersAt;
    cursor.field = "parameters";
    parameters = readParameters(cursor);
  }
  rejectUnsupported(parameters, "body");
  const tensors = attachBinary(inputs, binary, "inputs");
  checkInputs(signature, tensors, (index) => `inputs[${index}]`);
  return { table, inputs: tensors, id, parameters, outputs };
}

const rowMembers = new Set(["instances", "inputs", "signature_name"]);
const standardMembers = new Set(["inputs", "outputs", "id", "parameters"]);

/** Whether V2's `inputs` comes next: an empty list, or one of objects. A column never has those, but for `{"b64": …}`. */
function isTensorList(cursor: JsonCursor): boolean {
  if (cursor.peek() !== 0x5b) return false;
  const start = cursor.at;
  cursor.at++;
  const first = cursor.peek();
  const tensors = first === 0x5d || (first === 0x7b && !isBase64(cursor));
  cursor.at = start;
  return tensors;
}

const none = Buffer.alloc(0);

/**
 * Checks the end and the encoding of the JSON, and returns the bytes after it. If no input is binary, the whole body
 * must be JSON, whatever the header says: tritonclient modifies the caller's headers, so the length may be stale.
 */
function binaryPart(cursor: JsonCursor, body: RequestBody, binary: boolean): Buffer {
  const { bytes, headerLength } = body;
  let end = bytes.length;
  if (binary) {
    const field = "Inference-Header-Content-Length";
    if (headerLength === undefined) throw invalid(field, "is missing, and an input has binary_data_size");
    end = /^[0-9]{1,10}$/.test(headerLength) ? Number(headerLength) : Infinity;
    if (end < cursor.at || end > bytes.length) throw invalid(field, "must be the length of the JSON in the body");
  }
  if (!isUtf8(binary ? bytes.subarray(0, end) : bytes)) throw new Failure("malformed-json", "it is not UTF-8");
  cursor.end(end);
  return binary ? bytes.subarray(end) : none;
}
