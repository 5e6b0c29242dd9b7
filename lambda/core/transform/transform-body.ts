// A body as a transform gets it: a JSON value, or bytes with their content type; and the answer that it gives.

import { isUtf8 } from "node:buffer";
import { Failure, invalid, TransformFault } from "../failure";
import type { Answer } from "../protocol/response";
import { JsonCursor, maximumDepth } from "../tensor/json-cursor";
import { isObject } from "./transform-tensors";

/** The type and subtype of a Content-Type header in lower case, without parameters; empty if there is none. */
export function mediaType(header: string | undefined): string {
  return (header ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

/** The type that curl sends unless told otherwise; nobody sends a real form to a model. */
const form = "application/x-www-form-urlencoded";

const isJson = (type: string): boolean =>
  type === "" || type === form || type === "application/json" || type.endsWith("+json");

/** @throws Failure `malformed-json`, `invalid-request` */
export function readBody(bytes: Buffer, type: string): unknown {
  return isJson(type) ? readJson(bytes) : bytes;
}

/**
 * Reads JSON strictly. A transform may copy a body's members onto an object of its own, and `__proto__` would then give that object another
 * prototype (CWE-1321); deep nesting would exhaust the stack of what walks it.
 * @throws Failure `malformed-json`, `invalid-request`
 */
function readJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Failure("malformed-json", "it is not UTF-8");
  const cursor = new JsonCursor(bytes);
  cursor.skipByteOrderMark();
  const value = readValue(cursor, 0);
  cursor.end();
  return value;
}

function readValue(cursor: JsonCursor, depth: number): unknown {
  if (depth > maximumDepth) throw cursor.unfit(`more than ${maximumDepth} levels of nesting`);
  const first = cursor.peek();
  if (first === 0x22) return cursor.string();
  if (first === 0x5b) {
    const list: unknown[] = [];
    cursor.array(() => list.push(readValue(cursor, depth + 1)));
    return list;
  }
  if (first === 0x7b) {
    const members: Record<string, unknown> = {};
    cursor.object((key) => {
      if (key === "__proto__") throw invalid("body", "a member may not be called __proto__");
      members[key] = readValue(cursor, depth + 1);
    });
    return members;
  }
  const text = cursor.scalar();
  return text === "null" ? null : text === "true" ? true : text === "false" ? false : Number(text);
}

/** The member `parameters` of a body; empty if it has none. */
export function parametersOf(body: unknown): Readonly<Record<string, unknown>> {
  const parameters = isObject(body) && Object.hasOwn(body, "parameters") ? body["parameters"] : undefined;
  return isObject(parameters) ? parameters : {};
}

/**
 * The same of a body in a form of the protocols, whose other members are not read here.
 * @throws Failure `malformed-json`, `invalid-request`
 */
export function parametersIn(bytes: Buffer): Readonly<Record<string, unknown>> {
  const cursor = new JsonCursor(bytes);
  cursor.skipByteOrderMark();
  let parameters: unknown;
  cursor.object((key) => {
    if (key === "parameters") parameters = readValue(cursor, 1);
    else if (cursor.peek() === 0x5b) cursor.leap();
    else cursor.skip();
  });
  return isObject(parameters) ? parameters : {};
}

/** RFC 9110 section 8.3, without quoted parameters. */
const contentType = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:; ?[\w-]{1,64}=[\w.+-]{1,64})?$/;

/** @param value what the transform's `response` returned. @throws TransformFault if it is no answer */
export function answerOf(value: unknown): Answer {
  if (value instanceof Uint8Array)
    throw new TransformFault("response gave bytes without their type: return { contentType, body }");
  if (isObject(value) && value["body"] instanceof Uint8Array) {
    const type = value["contentType"];
    if (typeof type !== "string" || !contentType.test(type))
      throw new TransformFault("response gave bytes with a contentType that is no media type");
    const { buffer, byteOffset, byteLength } = value["body"];
    return { contentType: type, bytes: Buffer.from(buffer, byteOffset, byteLength) };
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(value, (_, member: unknown) =>
      ArrayBuffer.isView(member) && !(member instanceof DataView) ? Array.from(member as Uint8Array) : member,
    ) as string | undefined;
  } catch {
    throw new TransformFault(
      "response gave what JSON does not have, such as a BigInt (use Number or String) or a cycle",
    );
  }
  if (json === undefined) throw new TransformFault("response gave nothing that JSON has");
  return { json };
}
