// A request to Triton behind a SageMaker endpoint, and its answer: the Open Inference Protocol V2 with binary tensors, whose header
// `Inference-Header-Content-Length` SageMaker would drop and Triton therefore takes as a parameter of the media type.
// Sources: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html and
// https://github.com/triton-inference-server/server/blob/main/src/sagemaker_server.cc (GetInferenceHeaderLength, SetResponseHeader)

import { isUtf8 } from "node:buffer";
import { invalid } from "../failure";
import { attachBinary, type ReadTensor, readTensor } from "../protocol/inference-request";
import { writeBinary } from "../tensor/binary-tensor";
import type { Tensor } from "../tensor/datatype";
import { JsonCursor } from "../tensor/json-cursor";

/** Followed by the length of the JSON, in bytes. Triton compares it literally. */
export const binaryType = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

export interface EngineRequest {
  readonly contentType: string;
  /** The JSON and the data of each input; where it lies unless it is small: numbers are not copied. */
  readonly parts: readonly Buffer[];
  /** Bytes of all parts. */
  readonly size: number;
}

/** Bytes of a request up to which it is one part: one is hashed and sent faster than several, and copying so few costs less. */
const largestCopied = 4 * 1024;

/** @param outputs names of the engine's outputs, which are asked for as binary */
export function engineRequest(inputs: readonly Tensor[], outputs: readonly string[]): EngineRequest {
  const data = inputs.map(writeBinary);
  const given = inputs.map(
    ({ name, datatype, shape }, index) =>
      `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}],` +
      `"parameters":{"binary_data_size":${data[index]!.length}}}`,
  );
  const wanted = [...new Set(outputs)].map(
    (name) => `{"name":${JSON.stringify(name)},"parameters":{"binary_data":true}}`,
  );
  const json = Buffer.from(`{"inputs":[${given.join(",")}],"outputs":[${wanted.join(",")}]}`, "utf8");
  const size = data.reduce((sum, { length }) => sum + length, json.length);
  const parts = [json, ...data];
  return {
    contentType: `${binaryType}${json.length}`,
    parts: size <= largestCopied ? [Buffer.concat(parts, size)] : parts,
    size,
  };
}

export interface EngineAnswer {
  /** `model_name`: the digest of the model that gave it, by which the engine knows it; empty if it names none. */
  readonly model: string;
  /** By name. */
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Length of the JSON before the binary data, in bytes; `undefined`: all is JSON. @param contentType as sent */
export function jsonLength(contentType: unknown): number | undefined {
  const size = /^application\/vnd\.sagemaker-triton\.binary\+json;\s*json-header-size=(\d{1,10})$/i.exec(
    typeof contentType === "string" ? contentType.trim() : "",
  )?.[1];
  return size === undefined ? undefined : Number(size);
}

/**
 * Reads an answer. Numbers are views of the body where they are aligned.
 * @param contentType as sent
 * @throws Failure of the codes that a caller's request would have; none of them is the caller's fault here
 */
export function engineAnswer(body: Buffer, contentType: unknown): EngineAnswer {
  const length = jsonLength(contentType) ?? body.length;
  if (length > body.length) throw new JsonCursor(body).malformed("the body is shorter than json-header-size says");
  const { model, read } = readHead(body.subarray(0, length));
  const tensors = attachBinary(read, body.subarray(length), "outputs");
  const outputs = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (outputs.size < tensors.length) throw invalid("outputs", "has a name twice");
  return { model, outputs };
}

interface Head {
  readonly model: string;
  readonly read: readonly ReadTensor[];
}

/** The last head that was read, and its JSON: answers of the same shape differ in the binary data alone. */
let last: { readonly json: Buffer; readonly head: Head } | undefined;

/** Bytes of JSON up to which it is kept. */
const largestKept = 4 * 1024;

function readHead(json: Buffer): Head {
  if (last?.json.equals(json)) return last.head;
  const cursor = new JsonCursor(json);
  if (!isUtf8(json)) throw cursor.malformed("it is not UTF-8");
  let model = "";
  let read: ReadTensor[] | undefined;
  cursor.object((key) => {
    cursor.field = key;
    if (key === "model_name") model = cursor.text();
    else if (key === "outputs") read = readList(cursor);
    else cursor.skip();
  });
  cursor.end();
  cursor.field = "outputs";
  if (read === undefined) throw cursor.unfit("is missing");
  const head = { model, read };
  const isShape = read.every(({ data }) => "binary" in data);
  if (isShape && json.length <= largestKept) last = { json: Buffer.from(json), head };
  return head;
}

function readList(cursor: JsonCursor): ReadTensor[] {
  const read: ReadTensor[] = [];
  cursor.array((index) => {
    cursor.field = `outputs[${index}]`;
    read.push(readTensor(cursor, cursor.field));
  });
  return read;
}
