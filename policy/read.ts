// Reads values whose shape nobody promises: resource inputs and the JSON documents among them.

/** A document that cannot be read cannot be judged: that is a finding. */
export class Unreadable extends Error {}

export type Plain = Readonly<Record<string, unknown>>;

/** The value at a path of keys; `undefined` where any is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => record(inner)[key], value);
}

/** A text; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A number, also one that is written as text; NaN for anything else, so that every comparison fails. */
export function amount(value: unknown): number {
  return typeof value === "number" ? value : text(value).trim() === "" ? Number.NaN : Number(value);
}

/** An object; an empty one for anything else. */
export function record(value: unknown): Plain {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Plain) : {};
}

/** A list: a single value is a list of one, as in IAM's JSON; nothing is an empty one. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

export function texts(value: unknown): string[] {
  return list(value).map(text);
}

/**
 * An object from JSON, or as it is.
 * @throws Unreadable naming the field.
 */
export function parse(value: unknown, field: string): Plain {
  if (typeof value !== "string") return record(value);
  try {
    return record(JSON.parse(value));
  } catch {
    throw new Unreadable(`${field} is not JSON`);
  }
}
