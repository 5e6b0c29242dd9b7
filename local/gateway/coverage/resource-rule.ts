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
  | { readonly refused: string }
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
