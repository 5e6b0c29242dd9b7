// Fails closed within a document: an unknown field may be an access control.

import { Unenforceable } from "../../base/unenforceable";

/** A field is `known`, or a function returns why its value cannot be served (`undefined`: it can). */
export type KnownFields = Readonly<Record<string, "known" | ((value: unknown) => string | undefined)>>;

export function known(...names: readonly string[]): KnownFields {
  return Object.fromEntries(names.map((name) => [name, "known"]));
}

/** `components` of the OpenAPI document of any API. */
export const knownComponents: KnownFields = {
  components: (value) => {
    const names = ["securitySchemes", "schemas", "responses", "headers", "examples"];
    const strange = Object.keys(value as object).find((name) => !names.includes(name));
    return strange === undefined ? undefined : `has a field that is not known: ${strange}`;
  },
};

/** @throws Unenforceable if the value is not an object, and for unknown fields and values that cannot be served */
export function checkFields(value: unknown, fields: KnownFields, where: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unenforceable(where, "is not an object");
  for (const [name, field] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    // API Gateway ignores extensions of other vendors.
    if (rule === undefined && name.startsWith("x-") && !name.startsWith("x-amazon-")) continue;
    if (rule === undefined) throw new Unenforceable(where, `has a field that the local gateway does not know: ${name}`);
    const why = typeof rule === "function" ? rule(field) : undefined;
    if (why !== undefined) throw new Unenforceable(where, `${name} ${why}`);
  }
}

// Rules of the resource table.

/**
 * `enforced`: the gateway enforces it. `irrelevant`: it affects neither who may call nor what answers. A function
 * returns why a value cannot be served (`undefined`: it can).
 */
export type PropertyRule = "enforced" | "irrelevant" | ((value: unknown) => string | undefined);

export type ResourceRule =
  | { readonly properties: Readonly<Record<string, PropertyRule>> }
  /** Why it affects neither who may call nor what answers locally, and the properties that would. */
  | { readonly irrelevant: string; readonly unless?: Readonly<Record<string, PropertyRule>> }
  /** Why it stops the start. */
  | { readonly unsupported: string }
  | { readonly firewall: true };

/** Only the allowed values can be served. */
export const must = (allowed: readonly unknown[], why: string): PropertyRule => {
  return (value) => (allowed.includes(value) ? undefined : why);
};

/** A feature that is not supported locally. */
export const off = must([false, ""], "is set, and is not enforced locally");

/** Whether a value counts as not set. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
