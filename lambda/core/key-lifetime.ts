// Which of the rotation's API keys live on: the current one, those still on their way, and replaced ones for the overlap.

/** An API key that the rotation made for a version of the secret. */
export interface RotatedKey {
  readonly id: string;
  /** The version of the secret that holds its value. */
  readonly version: string;
  /** When it was noticed to be replaced, milliseconds since the epoch; absent: it is not, as far as anyone noted. */
  readonly retiredAt?: number;
}

/** Which versions of the secret carry a label. */
export interface Versions {
  readonly current?: string;
  readonly pending?: string;
  /** Put in by hand, to be adopted. */
  readonly adoptable?: string;
}

/** What has to be done to the keys. */
export interface Changes {
  /** Replaced: their overlap begins now. */
  readonly retire: readonly RotatedKey[];
  /** Marked as replaced, and current or on their way again: someone moved a label back. */
  readonly restore: readonly RotatedKey[];
  /** Past their overlap. */
  readonly remove: readonly RotatedKey[];
}

const none: Changes = { retire: [], restore: [], remove: [] };

/**
 * @param overlap how long a replaced key stays valid, in milliseconds
 * @param now milliseconds since the epoch
 */
export function changesOf(keys: readonly RotatedKey[], versions: Versions, overlap: number, now: number): Changes {
  // While the current version has no key, a replaced one is the only one that clients can still call with.
  if (!keys.some(({ version }) => version === versions.current)) return none;
  const kept = new Set([versions.current, versions.pending, versions.adoptable]);
  const replaced = keys.filter(({ version }) => !kept.has(version));
  return {
    retire: replaced.filter(({ retiredAt }) => retiredAt === undefined),
    restore: keys.filter(({ version, retiredAt }) => kept.has(version) && retiredAt !== undefined),
    remove: replaced.filter(({ retiredAt }) => retiredAt !== undefined && retiredAt + overlap <= now),
  };
}

const mark = /^replaced (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** What a key's description says of its replacement. */
export function descriptionOf(retiredAt: number | undefined): string {
  return retiredAt === undefined ? "in use, or about to be" : `replaced ${new Date(retiredAt).toISOString()}`;
}

/** Reads it back; `undefined` for any other text, so that a key that someone described by hand gets its full overlap. */
export function retiredAtOf(description: string): number | undefined {
  const [, time] = mark.exec(description) ?? [];
  const parsed = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}
