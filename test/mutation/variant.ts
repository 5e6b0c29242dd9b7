// A weaker variant of a value, and how that of a part becomes one of the whole.

export interface Variant {
  readonly path: readonly string[];
  readonly kind: string;
  /** `undefined` if the value was deleted. */
  readonly value: unknown;
}

export type Plain = Readonly<Record<string, unknown>>;

/** The same name in another account. */
export function foreign(value: string): string {
  return value.replace(/\b\d{12}\b/g, "999999999999");
}

/** A variant of a part, as a variant of the whole. */
export function within(value: Plain, key: string, { path, kind, value: part }: Variant): Variant {
  return { path: [key, ...path], kind, value: { ...value, [key]: part } };
}

export function without(value: Plain, key: string): Plain {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

/** Whether a text is the principal of a service. */
export function isService(value: string): boolean {
  return /^[\w-]+\.([\w-]+\.)?amazonaws\.com$/.test(value);
}

/** A service that nothing here uses. */
export const otherService = "ec2.amazonaws.com";
