// What the table of resources says of each.

/** `enforced`: the gateway does what it says. `irrelevant`: it changes neither who may call nor what answers. */
export type PropertyRule = "enforced" | "irrelevant" | ((value: unknown) => string | undefined);

export type ResourceRule =
  | { readonly properties: Readonly<Record<string, PropertyRule>> }
  /** Why it changes neither who may call nor what answers here, and which properties would. */
  | { readonly irrelevant: string; readonly unless?: Readonly<Record<string, PropertyRule>> }
  /** Why it stops the start. */
  | { readonly refused: string }
  | { readonly firewall: true };

/** Only these values are served. */
export const must = (allowed: readonly unknown[], why: string): PropertyRule => {
  return (value) => (allowed.includes(value) ? undefined : why);
};

/** A feature that is not there locally. */
export const off = must([false, ""], "is set, and is not enforced locally");

/** Nothing is set. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
