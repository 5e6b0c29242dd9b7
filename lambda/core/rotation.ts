// The rotation: what each step and event does, over collaborators that are given. Every step can be killed anywhere and run
// again: it looks at what is there, and does what is missing. The order keeps clients working: a value becomes current
// only when its key opens the API, and a key goes only when its value has long been replaced.

import { adoptLabel } from "../../contract";
import { changesOf, type RotatedKey, type Versions } from "./key-lifetime";
import type { Step } from "./rotation-event";
import { RotationFault } from "./rotation-fault";
import type { Measures } from "./rotation-record";
import { readValue, writeValue } from "./secret-value";

/** The secret, in its store. */
export interface Vault {
  /** @returns the labels, and whether rotation is on */
  describe(): Promise<Versions & { readonly rotates: boolean }>;
  /** Text of a version; `undefined` where it has none yet. */
  read(version: string): Promise<string | undefined>;
  /** Stores a version's text under a label. Two that write at once: the first wins, and the second learns nothing of it. */
  write(version: string, text: string, label: "AWSPENDING" | "AWSCURRENT"): Promise<void>;
  /** Moves the label AWSCURRENT. @param from where it is now */
  makeCurrent(version: string, from: string | undefined): Promise<void>;
  /** Takes a label off a version that has it. */
  unlabel(version: string, label: "AWSPENDING" | typeof adoptLabel): Promise<void>;
  /** When each version was made, milliseconds since the epoch. */
  ages(): Promise<ReadonlyMap<string, number>>;
}

/** The API keys that the rotation made; no one else's. */
export interface ApiKeys {
  list(): Promise<readonly RotatedKey[]>;
  /** @returns `undefined` where another key has this value already */
  create(version: string, apiKey: string): Promise<RotatedKey | undefined>;
  /** Puts a key into the usage plan, if it is not there. */
  join(key: RotatedKey): Promise<void>;
  /** Notes when a key was replaced, or that it is in use. */
  mark(key: RotatedKey, retiredAt: number | undefined): Promise<void>;
  /** Deletes a key, if it is there. */
  remove(key: RotatedKey): Promise<void>;
}

/** What the API answers to a key. Throttled is neither: the key, or the API as a whole, is at its limit for the moment. */
export type Verdict = "let in" | "throttled" | "refused";
export type Proof = (apiKey: string) => Promise<Verdict>;

export interface Surroundings {
  readonly vault: Vault;
  readonly keys: ApiKeys;
  readonly proof: Proof;
  /** What the API keys of this secret begin with; empty for nobody's in particular. */
  readonly keyPrefix: string;
  /** A new API key. */
  readonly newKey: () => string;
  /** A new version id. */
  readonly newVersion: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Longest that a proof may take, in milliseconds. */
  readonly patience: number;
  /** How long a replaced key stays valid, in milliseconds. */
  readonly overlap: number;
}

/** A key is live when the API let it in so often in a row: one host's yes is not the fleet's. */
const proofsInARow = 5;
const pauseMs = 200;
/** A client's throttle is once a second at the least. */
const throttledPauseMs = 1_000;

export class Rotation {
  constructor(private readonly around: Surroundings) {}

  /** @throws RotationFault for a token that is not pending; nothing has been changed then */
  async step(step: Step, token: string): Promise<void> {
    const versions = await this.around.vault.describe();
    if (!versions.rotates) throw new RotationFault("rotation is not enabled for the secret");
    if (versions.current === token) return step === "finishSecret" ? this.settle(versions) : undefined;
    if (versions.pending !== token) throw new RotationFault("ClientRequestToken is not the pending version");
    switch (step) {
      case "createSecret":
        return this.fill(token);
      case "setSecret":
        await this.ensureKey(token, await this.valueOf(token));
        return;
      case "testSecret":
        return this.prove(await this.valueOf(token));
      case "finishSecret":
        return this.replace(versions, token);
    }
  }

  /** Makes a value live that was put in by hand: labelled to be adopted, or current already. */
  async adopt(): Promise<void> {
    const versions = await this.around.vault.describe();
    const version = versions.adoptable ?? versions.current;
    if (version === undefined) throw new RotationFault("the secret has no value to adopt");
    const value = await this.valueOf(version);
    await this.ensureKey(version, value);
    await this.prove(value);
    if (version === versions.current) await this.settle(versions);
    else await this.replace(versions, version);
    if (versions.adoptable !== undefined) await this.around.vault.unlabel(versions.adoptable, adoptLabel);
  }

  /** After a deployment: the current version has a key in the plan; a secret without a value gets its first. */
  async initialise(): Promise<void> {
    const { vault, newKey, newVersion } = this.around;
    const versions = await vault.describe();
    if (versions.current !== undefined) {
      await this.ensureKey(versions.current, await this.valueOf(versions.current));
      return this.tidy(versions);
    }
    // The key first: Secrets Manager makes the first value current at once, and someone may read it.
    const [version, apiKey] = [newVersion(), newKey()];
    await this.ensureKey(version, apiKey);
    await vault.write(version, writeValue(apiKey), "AWSCURRENT");
    // Keys of an attempt that was killed before its value was stored: nobody has them.
    await this.tidy({ ...versions, current: version });
  }

  /** Removes keys past their overlap. @throws RotationFault, once that is done, where the current version has no key */
  async sweep(measured: (measures: Measures) => void): Promise<void> {
    const { vault, keys, now } = this.around;
    const versions = await vault.describe();
    const found = await keys.list();
    await this.apply(found, versions, true);
    const made = await vault.ages();
    const age = (version: string | undefined) => (version === undefined ? 0 : now() - (made.get(version) ?? now()));
    const { current, pending } = versions;
    measured({ keys: found.length, keyAge: age(current), pendingAge: pending === current ? 0 : age(pending) });
    if (current !== undefined && !found.some(({ version }) => version === current)) {
      throw new RotationFault('the current version has no API key: invoke this function with {"event":"adopt"}');
    }
  }

  /** Leaves no key behind. */
  async clear(): Promise<void> {
    for (const key of await this.around.keys.list()) await this.around.keys.remove(key);
  }

  private async fill(token: string): Promise<void> {
    const { vault, newKey } = this.around;
    if ((await vault.read(token)) === undefined) await vault.write(token, writeValue(newKey()), "AWSPENDING");
  }

  /** Makes a version current whose key has been proven, and asks once more: who sends events may leave steps out. */
  private async replace(versions: Versions, version: string): Promise<void> {
    const value = await this.valueOf(version);
    await this.ensureKey(version, value);
    await this.prove(value, 1);
    const settled = await this.release(versions, versions.current);
    await this.around.vault.makeCurrent(version, versions.current);
    await this.settle({ ...settled, current: version });
  }

  /** A version is current: it is pending no more, and what it replaced begins its overlap. */
  private async settle(versions: Versions): Promise<void> {
    await this.tidy(await this.release(versions, versions.current));
  }

  /**
   * Takes AWSPENDING off a version that is current. Left there, it would mark a rotation under way as soon as another
   * version is made current by hand, and Secrets Manager would bring the old value back.
   */
  private async release(versions: Versions, current: string | undefined): Promise<Versions> {
    if (current === undefined || versions.pending !== current) return versions;
    await this.around.vault.unlabel(current, "AWSPENDING");
    return { ...versions, pending: undefined };
  }

  private async valueOf(version: string): Promise<string> {
    const text = await this.around.vault.read(version);
    if (text === undefined) throw new RotationFault("the version has no value yet: createSecret comes first");
    return readValue(text, this.around.keyPrefix);
  }

  private async ensureKey(version: string, apiKey: string): Promise<void> {
    const { keys } = this.around;
    const there = (await keys.list()).find((key) => key.version === version);
    const key = there ?? (await keys.create(version, apiKey));
    if (key === undefined) throw new RotationFault("another API key of the account has this value");
    await keys.join(key);
  }

  private async prove(apiKey: string, times = proofsInARow): Promise<void> {
    const { proof, now, sleep, patience } = this.around;
    const until = now() + patience;
    for (let inARow = 0; ;) {
      const verdict = await proof(apiKey);
      if (verdict === "let in") inARow++;
      if (verdict === "refused") inARow = 0;
      if (inARow >= times) return;
      if (now() >= until) throw new RotationFault(`the API does not let the new key in yet: it is ${verdict}`);
      await sleep(verdict === "throttled" ? throttledPauseMs : pauseMs);
    }
  }

  /** Notes what has been replaced; removing is the sweep's. */
  private async tidy(versions: Versions): Promise<void> {
    await this.apply(await this.around.keys.list(), versions, false);
  }

  private async apply(found: readonly RotatedKey[], versions: Versions, removing: boolean): Promise<void> {
    const { keys, now, overlap } = this.around;
    const { retire, restore, remove } = changesOf(found, versions, overlap, now());
    for (const key of restore) await keys.mark(key, undefined);
    for (const key of retire) await keys.mark(key, now());
    if (removing) for (const key of remove) await keys.remove(key);
  }
}
