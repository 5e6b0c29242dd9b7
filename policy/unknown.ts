// Values that only a deployment reveals. A rule that reads one cannot judge: reading throws, and that becomes a finding.

/** Stands in a graph for a value that is not known before the deployment. */
export const unknown = Symbol("unknown until deployed");

/** What a rule read is not known yet. */
export class UnknownValue extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known before the deployment`);
  }
}

/** Whether a value is unknown, or holds an unknown one. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsUnknown);
}

/** The same value, that throws `UnknownValue` as soon as an unknown part of it is read. */
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
