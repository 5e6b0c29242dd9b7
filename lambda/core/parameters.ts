// The `parameters` of a request, of an input or of a requested output: names, and values as the JSON text they came in, so
// that those we do not know are returned exactly as they were sent.

import { invalid } from "./failure";
import type { JsonCursor } from "./json-cursor";

export type Parameters = ReadonlyMap<string, string>;

export const noParameters: Parameters = new Map();

export function readParameters(cursor: JsonCursor): Parameters {
  const parameters = new Map<string, string>();
  cursor.object((name) => {
    cursor.peek();
    const start = cursor.at;
    cursor.skip(1);
    parameters.set(name, cursor.bytes.toString("utf8", start, cursor.at));
  });
  return parameters;
}

/** A boolean parameter; `undefined` where it is not given. */
export function flag(parameters: Parameters, name: string, field: string): boolean | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  if (text !== "true" && text !== "false") throw invalid(`${field}.parameters.${name}`, "must be true or false");
  return text === "true";
}

/** A parameter that counts bytes; `undefined` where it is not given. */
export function size(parameters: Parameters, name: string, field: string): number | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) throw invalid(`${field}.parameters.${name}`, "must be a whole number of bytes");
  return value;
}

/** Features of other servers that change what a request means: ignoring them would answer something else than was asked. */
const refused = ["shared_memory_region", "shared_memory_byte_size", "shared_memory_offset", "classification"];

export function refuseUnsupported(parameters: Parameters, field: string): void {
  for (const name of refused) {
    if (parameters.has(name) && parameters.get(name) !== "0") {
      throw invalid(`${field}.parameters.${name}`, "is not supported by this server");
    }
  }
}

/** JSON text of the parameters without those that the protocol itself has consumed; empty where none is left. */
export function echo(parameters: Parameters, consumed: readonly string[]): string {
  const members = [...parameters]
    .filter(([name]) => !consumed.includes(name))
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return members.join(",");
}
