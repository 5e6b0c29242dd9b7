// The `parameters` of a request, an input or a requested output. Values are kept as JSON text, so that unknown ones can
// be echoed exactly as they were sent.

import { invalid } from "../failure";
import type { JsonCursor } from "../tensor/json-cursor";

/** JSON text of each value, by name. */
export type Parameters = ReadonlyMap<string, string>;

export const noParameters: Parameters = new Map();

/** Reads an optional object of parameters. @throws Failure `malformed-json`, `invalid-request` */
export function readParameters(cursor: JsonCursor): Parameters {
  if (cursor.acceptNull()) return noParameters;
  const parameters = new Map<string, string>();
  cursor.object((name) => {
    cursor.peek();
    const start = cursor.at;
    cursor.skip(1);
    parameters.set(name, cursor.bytes.toString("utf8", start, cursor.at));
  });
  return parameters;
}

/** `null` is as good as absent: clients that write all members of their classes send it. */
function valueOf(parameters: Parameters, name: string): string | undefined {
  const text = parameters.get(name);
  return text === "null" ? undefined : text;
}

/** A boolean parameter; `undefined` if absent. `field` is the parameters' owner, for the message of the `Failure`. */
export function flag(parameters: Parameters, name: string, field: string): boolean | undefined {
  const text = valueOf(parameters, name);
  if (text === undefined) return undefined;
  if (text !== "true" && text !== "false") throw invalid(`${field}.parameters.${name}`, "must be true or false");
  return text === "true";
}

/** A parameter in bytes; `undefined` if absent. `field` is the parameters' owner, for the message of the `Failure`. */
export function size(parameters: Parameters, name: string, field: string): number | undefined {
  const text = valueOf(parameters, name);
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) throw invalid(`${field}.parameters.${name}`, "must be a whole number of bytes");
  return value;
}

/**
 * Triton extensions that change what a request means: ignoring them would return something other than was requested.
 */
const unsupported = ["shared_memory_region", "shared_memory_byte_size", "shared_memory_offset", "classification"];

export function rejectUnsupported(parameters: Parameters, field: string): void {
  for (const name of unsupported) {
    if ((valueOf(parameters, name) ?? "0") !== "0") {
      throw invalid(`${field}.parameters.${name}`, "is not supported by this server");
    }
  }
}

/** JSON members (without braces) of all parameters but those that the server has acted on; empty if none is left. */
export function echo(parameters: Parameters, consumed: readonly string[]): string {
  if (parameters.size === 0) return "";
  const members = [...parameters]
    .filter(([name]) => !consumed.includes(name))
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return members.join(",");
}
