// Binary tensor data: little-endian, row-major, without padding; BYTES elements are a 4-byte length and UTF-8.
// Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_binary_data.html

import { isUtf8 } from "node:buffer";
import { invalid } from "../failure";
import { type Datatype, datatypes, elementCount, type Elements, type Tensor } from "./datatype";

/**
 * Elements of a tensor of this shape. Numbers share the memory of `bytes` where its alignment allows.
 * @param field names the data in error messages
 * @throws Failure `invalid-request`
 */
export function readBinary(bytes: Buffer, datatype: Datatype, shape: readonly number[], field: string): Elements {
  const kind = datatypes[datatype];
  // A BYTES element takes at least the four bytes of its length.
  const width = kind.bytes === 0 ? 4 : kind.bytes;
  const count = elementCount(shape, bytes.length / width);
  if (count === undefined) throw invalid(field, "is less than the shape needs");
  if (kind.view === undefined) return readText(bytes, count, field);
  if (count * width !== bytes.length) throw invalid(field, `must be ${count * width} for this shape and datatype`);
  // Typed arrays need an offset that is a multiple of the element width; otherwise the bytes are copied.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const elements = kind.view(aligned.buffer, aligned.byteOffset, count);
  // onnxruntime reads them as C++ bools, where any other value is undefined behaviour.
  if (datatype === "BOOL" && bytes.some((byte) => byte > 1)) throw invalid(field, "BOOL elements must be 0 or 1");
  return elements;
}

function readText(bytes: Buffer, count: number, field: string): string[] {
  const elements: string[] = [];
  let at = 0;
  while (elements.length < count) {
    if (at + 4 > bytes.length) throw invalid(field, "ends within a length of a BYTES element");
    const start = at + 4;
    at = start + bytes.readUInt32LE(at);
    if (at > bytes.length) throw invalid(field, "ends within a BYTES element");
    const text = bytes.subarray(start, at);
    // onnxruntime-node passes strings to the model as C strings: other bytes would arrive altered or truncated.
    if (!isUtf8(text) || text.includes(0)) throw invalid(field, "BYTES elements must be UTF-8 without NUL");
    elements.push(text.toString("utf8"));
  }
  if (at !== bytes.length) throw invalid(field, "is more than the shape needs");
  return elements;
}

/** The binary form of a tensor's data; numbers are not copied. */
export function writeBinary({ data }: Tensor): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const size = data.reduce((sum, text) => sum + 4 + Buffer.byteLength(text, "utf8"), 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of data) {
    const length = bytes.write(text, at + 4, "utf8");
    at = bytes.writeUInt32LE(length, at) + length;
  }
  return bytes;
}
