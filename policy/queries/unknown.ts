// Values that are known only after the deployment. Reading one throws, which becomes a finding `unknown`.

/** Placeholder in a graph for a value that is not known before the deployment. */
export const unknown = Symbol("unknown until deployed");

/** A rule read a value that is not known before the deployment. */
export class UnknownValue extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known before the deployment`);
  }
}

/** Whether a value is unknown or contains an unknown one. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsUnknown);
}

/**
 * The same value, wrapped so that reading an unknown part of it throws `UnknownValue`.
 * @param path prefix in the message
 */
export function guarded<T extends object>(value: T, path: string): T {
  if (!holdsUnknown(value)) return value;
  return new Proxy(value, {
    get(target, key) {
      const item: unknown = Reflect.get(target, key);
      const itemPath = typeof key === "string" ? `${path}.${key}` : path;
      if (item === unknown) throw new UnknownValue(itemPath);
      return item !== null && typeof item === "object" ? guarded(item, itemPath) : item;
    },
  });
}
