// Reads values of uncertain shape: resource inputs, and JSON documents in them.

/** A document that a rule must read cannot be parsed or found; `check.ts` turns this into a finding. */
export class Unreadable extends Error {}

export type Plain = Readonly<Record<string, unknown>>;

/** The value at a path of keys; `undefined` if any of them is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => record(inner)[key], value);
}

/** The value if it is a string, else an empty string. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A number, or a string that contains one; else NaN, for which every comparison is false. */
export function amount(value: unknown): number {
  return typeof value === "number" ? value : text(value).trim() === "" ? Number.NaN : Number(value);
}

/** The value if it is an object, else an empty object. */
export function record(value: unknown): Plain {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Plain) : {};
}

/**
 * The value if it is a list; a single value becomes a list of one, as in IAM's JSON; null and undefined an empty list.
 */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

export function texts(value: unknown): string[] {
  return list(value).map(text);
}

/**
 * Parses JSON text to an object; a value that is not a string is treated as by `record`.
 * @throws Unreadable naming the field
 */
export function parse(value: unknown, field: string): Plain {
  if (typeof value !== "string") return record(value);
  try {
    return record(JSON.parse(value));
  } catch {
    throw new Unreadable(`${field} is not JSON`);
  }
}
