// Which of the rotation's API keys stay valid: the current one, pending ones, and replaced ones for the overlap period.

/** An API key that the rotation made for a version of the secret. */
export interface RotatedKey {
  readonly id: string;
  /** The version of the secret that holds its value. */
  readonly version: string;
  /** When the key was marked as replaced, in milliseconds since the epoch; absent: not marked. */
  readonly retiredAt?: number;
}

/** Ids of the secret's versions that carry the staging labels AWSCURRENT, AWSPENDING and `adoptLabel`. */
export interface Versions {
  readonly current?: string;
  readonly pending?: string;
  /** Set by hand, to be adopted. */
  readonly adoptable?: string;
}

/** What has to be done to the API keys. */
export interface Changes {
  /** To mark as replaced: their overlap begins now. */
  readonly retire: readonly RotatedKey[];
  /** To unmark: marked as replaced, but labelled again because someone moved a label back. */
  readonly restore: readonly RotatedKey[];
  /** To delete: their overlap is over. */
  readonly remove: readonly RotatedKey[];
}

const none: Changes = { retire: [], restore: [], remove: [] };

/**
 * @param overlap how long a replaced key stays valid, in milliseconds
 * @param now milliseconds since the epoch
 */
export function changesOf(keys: readonly RotatedKey[], versions: Versions, overlap: number, now: number): Changes {
  // While the current version has no key, clients can only call with a replaced one: leave everything as it is.
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

/** The API key's description, in which the time of its replacement is stored. */
export function descriptionOf(retiredAt: number | undefined): string {
  return retiredAt === undefined ? "in use, or about to be" : `replaced ${new Date(retiredAt).toISOString()}`;
}

/** Reads the time back; `undefined` for any other text, so a key whose description was edited gets a full overlap. */
export function retiredAtOf(description: string): number | undefined {
  const [, time] = mark.exec(description) ?? [];
  const parsed = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}
