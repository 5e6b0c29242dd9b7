// What a rotation works with: the secret, the API keys made from it, and a test of a key; its settings and clock.

import type { adoptLabel } from "../../../contract";
import type { RotatedKey, Versions } from "./key-lifetime";

/** The secret and its versions. */
export interface Vault {
  /** @returns the labelled versions, and whether rotation is enabled */
  describe(): Promise<Versions & { readonly rotates: boolean }>;
  /** Text of a version; `undefined` if it has none yet. */
  read(version: string): Promise<string | undefined>;
  /** Stores a version's text under a label. Of concurrent writers the first wins; the others get no error. */
  write(version: string, text: string, label: "AWSPENDING" | "AWSCURRENT"): Promise<void>;
  /** Moves the label AWSCURRENT to a version. @param from the version that has the label now */
  makeCurrent(version: string, from: string | undefined): Promise<void>;
  /** Removes a label from the version that carries it. */
  unlabel(version: string, label: "AWSPENDING" | typeof adoptLabel): Promise<void>;
  /** When each version was created, in milliseconds since the epoch, by version id. */
  ages(): Promise<ReadonlyMap<string, number>>;
}

/** The API keys that the rotation created for this secret, and no others. */
export interface ApiKeys {
  list(): Promise<readonly RotatedKey[]>;
  /** @returns `undefined` if another key already has this value */
  create(version: string, apiKey: string): Promise<RotatedKey | undefined>;
  /** Adds a key to the usage plan, unless it is in it. */
  join(key: RotatedKey): Promise<void>;
  /** Marks when a key was replaced, in milliseconds since the epoch; `undefined` removes the mark. */
  mark(key: RotatedKey, retiredAt: number | undefined): Promise<void>;
  /** Deletes a key, if it exists. */
  remove(key: RotatedKey): Promise<void>;
}

/**
 * How the API reacts to a key. `throttled` decides nothing: the key, or the whole API, has reached its rate limit. The
 * last two say that the key was not tested: the API answered with another status, or could not be reached (with the
 * error's code, such as ENOTFOUND).
 */
export type KeyTestResult = "let in" | "throttled" | "refused" | `answered ${number}` | `unreachable (${string})`;
export type KeyTest = (apiKey: string) => Promise<KeyTestResult>;

/** The collaborators and settings of a rotation. */
export interface RotationContext {
  readonly vault: Vault;
  readonly keys: ApiKeys;
  readonly test: KeyTest;
  /** Prefix of this secret's API keys; empty for the shared key. */
  readonly keyPrefix: string;
  /** Generates the value of an API key. */
  readonly newKey: () => string;
  /** Generates a version id. */
  readonly newVersion: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Longest wait until the API accepts a new key, in milliseconds. */
  readonly patience: number;
  /** How long a replaced key stays valid, in milliseconds. */
  readonly overlap: number;
}
