// Fail closed, within a document: a field that nobody knows may be a protection.

import { Unenforceable } from "./unenforceable";

/** What becomes of a field: it is known, or a function tells why its value can't be served (`undefined`: it can). */
export type Known = Readonly<Record<string, "known" | ((value: unknown) => string | undefined)>>;

export function known(...names: readonly string[]): Known {
  return Object.fromEntries(names.map((name) => [name, "known"]));
}

/** `components` of an OpenAPI document, in any API. */
export const knownComponents: Known = {
  components: (value) => {
    const names = ["securitySchemes", "schemas", "responses", "headers", "examples"];
    const strange = Object.keys(value as object).find((name) => !names.includes(name));
    return strange === undefined ? undefined : `has a field that is not known: ${strange}`;
  },
};

/** @throws Unenforceable for what is no object, for an unknown field, and for a value that can't be served */
export function checkFields(value: unknown, fields: Known, where: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unenforceable(where, "is not an object");
  for (const [name, field] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    // Extensions of other makers mean nothing to API Gateway.
    if (rule === undefined && name.startsWith("x-") && !name.startsWith("x-amazon-")) continue;
    if (rule === undefined) throw new Unenforceable(where, `has a field that the local gateway does not know: ${name}`);
    const why = typeof rule === "function" ? rule(field) : undefined;
    if (why !== undefined) throw new Unenforceable(where, `${name} ${why}`);
  }
}
