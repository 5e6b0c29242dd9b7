// The rotation of one secret: what each step and event does, with injected collaborators. Steps are idempotent: killed
// at any point, they can be run again and do only what is missing. The order keeps clients working: a value becomes
// current only once the API accepts its key, and a key is deleted only when the overlap after its replacement is over.

import { adoptLabel } from "../../../contract";
import { changesOf, type RotatedKey, type Versions } from "./key-lifetime";
import type { KeyTestResult, RotationContext } from "./rotation-context";
import { RotationError, type Step } from "./rotation-event";
import type { Measures } from "./rotation-record";
import { readValue, writeValue } from "./secret-value";

/** Successes in a row after which a key counts as live: API Gateway's hosts learn of it one by one. */
const testsInARow = 5;
const pauseMs = 200;
/** Enough for one more call: the lowest rate limit of a client is one request per second. */
const throttledPauseMs = 1_000;

export class Rotation {
  constructor(private readonly context: RotationContext) {}

  /**
   * Carries out a rotation step.
   * @param token id of the version that is to become current
   * @throws RotationError if rotation is off or `token` is not pending (nothing was changed), or the step fails
   */
  async step(step: Step, token: string): Promise<void> {
    const versions = await this.context.vault.describe();
    if (!versions.rotates) throw new RotationError("rotation is not enabled for the secret");
    if (versions.current === token) return step === "finishSecret" ? this.settle(versions) : undefined;
    if (versions.pending !== token) throw new RotationError("ClientRequestToken is not the pending version");
    switch (step) {
      case "createSecret":
        return this.fill(token);
      case "setSecret":
        await this.ensureKey(token, await this.valueOf(token));
        return;
      case "testSecret":
        return this.testKey(await this.valueOf(token));
      case "finishSecret":
        return this.replace(versions, token);
    }
  }

  /**
   * Makes a value live that was set by hand: the version labelled `adoptLabel`, else the current one.
   * @throws RotationError
   */
  async adopt(): Promise<void> {
    const versions = await this.context.vault.describe();
    const version = versions.adoptable ?? versions.current;
    if (version === undefined) throw new RotationError("the secret has no value to adopt");
    const value = await this.valueOf(version);
    await this.ensureKey(version, value);
    await this.testKey(value);
    if (version === versions.current) await this.settle(versions);
    else await this.replace(versions, version);
    if (versions.adoptable !== undefined) await this.context.vault.unlabel(versions.adoptable, adoptLabel);
  }

  /**
   * Ensures, for a deployment, that the secret has a value, and that the current one has an API key in the usage plan.
   */
  async initialise(): Promise<void> {
    const { vault, newKey, newVersion } = this.context;
    const versions = await vault.describe();
    if (versions.current !== undefined) {
      await this.ensureKey(versions.current, await this.valueOf(versions.current));
      return this.tidy(versions);
    }
    // The API key comes first: Secrets Manager makes the first value current at once, and a client may read and use it.
    const [version, apiKey] = [newVersion(), newKey()];
    await this.ensureKey(version, apiKey);
    await vault.write(version, writeValue(apiKey), "AWSCURRENT");
    // Retires keys of an earlier attempt that was killed before it stored the value: no client has them.
    await this.tidy({ ...versions, current: version });
  }

  /**
   * Deletes keys past their overlap and measures.
   * @throws RotationError, after that, if the current version has no key
   */
  async sweep(report: (measures: Measures) => void): Promise<void> {
    const { vault, keys, now } = this.context;
    const versions = await vault.describe();
    const found = await keys.list();
    await this.apply(found, versions, true);
    const made = await vault.ages();
    const age = (version: string | undefined) => (version === undefined ? 0 : now() - (made.get(version) ?? now()));
    const { current, pending } = versions;
    report({ keys: found.length, keyAge: age(current), pendingAge: pending === current ? 0 : age(pending) });
    if (current !== undefined && !found.some(({ version }) => version === current)) {
      throw new RotationError('the current version has no API key: invoke this function with {"event":"adopt"}');
    }
  }

  /** Deletes all API keys of the secret. */
  async clear(): Promise<void> {
    for (const key of await this.context.keys.list()) await this.context.keys.remove(key);
  }

  private async fill(token: string): Promise<void> {
    const { vault, newKey } = this.context;
    if ((await vault.read(token)) === undefined) await vault.write(token, writeValue(newKey()), "AWSPENDING");
  }

  /** Makes a version current. Tries its key once more, since whoever sends the events may skip the earlier steps. */
  private async replace(versions: Versions, version: string): Promise<void> {
    const value = await this.valueOf(version);
    await this.ensureKey(version, value);
    await this.testKey(value, 1);
    const settled = await this.release(versions, versions.current);
    await this.context.vault.makeCurrent(version, versions.current);
    await this.settle({ ...settled, current: version });
  }

  /**
   * After a version has become current: removes its label AWSPENDING, and starts the overlap of the keys it replaced.
   */
  private async settle(versions: Versions): Promise<void> {
    await this.tidy(await this.release(versions, versions.current));
  }

  /**
   * Removes AWSPENDING from a version that is current. Left there, it would look like an unfinished rotation as soon as
   * another version is made current by hand, and Secrets Manager would make the old value current again.
   */
  private async release(versions: Versions, current: string | undefined): Promise<Versions> {
    if (current === undefined || versions.pending !== current) return versions;
    await this.context.vault.unlabel(current, "AWSPENDING");
    return { ...versions, pending: undefined };
  }

  private async valueOf(version: string): Promise<string> {
    const text = await this.context.vault.read(version);
    if (text === undefined) throw new RotationError("the version has no value yet: createSecret comes first");
    return readValue(text, this.context.keyPrefix);
  }

  private async ensureKey(version: string, apiKey: string): Promise<void> {
    const { keys } = this.context;
    const there = (await keys.list()).find((key) => key.version === version);
    const key = there ?? (await keys.create(version, apiKey));
    if (key === undefined) throw new RotationError("another API key of the account has this value");
    await keys.join(key);
  }

  private async testKey(apiKey: string, times = testsInARow): Promise<void> {
    const { test, now, sleep, patience } = this.context;
    const until = now() + patience;
    for (let inARow = 0; ;) {
      const result = await test(apiKey);
      if (result === "let in") inARow++;
      else if (result !== "throttled") inARow = 0;
      if (inARow >= times) return;
      if (now() >= until) throw new RotationError(testError(result));
      await sleep(result === "refused" || result === "let in" ? pauseMs : throttledPauseMs);
    }
  }

  /** Updates the marks of replaced keys; only the sweep deletes keys. */
  private async tidy(versions: Versions): Promise<void> {
    await this.apply(await this.context.keys.list(), versions, false);
  }

  private async apply(found: readonly RotatedKey[], versions: Versions, removing: boolean): Promise<void> {
    const { keys, now, overlap } = this.context;
    const { retire, restore, remove } = changesOf(found, versions, overlap, now());
    for (const key of restore) await keys.mark(key, undefined);
    for (const key of retire) await keys.mark(key, now());
    if (removing) for (const key of remove) await keys.remove(key);
  }
}

/** Why a key's test did not succeed. An unreachable API says nothing about the key, and has other cures. */
function testError(result: KeyTestResult): string {
  if (result === "refused" || result === "throttled") return `the API does not let the new key in yet: it is ${result}`;
  return `the new key could not be tried: the API ${result.startsWith("answered") ? result : `is ${result}`}`;
}
