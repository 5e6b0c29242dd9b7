// An in-memory environment for the rotation: a secret, API keys, and an API that accepts them. A test can let the rotation
// crash before or after any call.

import type { ApiKeys, KeyTestResult, RotationContext, Vault } from "../../../lambda/core/rotation/rotation-context";
import { Rotation } from "../../../lambda/core/rotation/rotation-steps";

/** Thrown to end an event in the middle, like a crash. */
export class Killed extends Error {}

export interface WorldKey {
  id: string;
  version: string;
  value: string;
  joined: boolean;
  retiredAt?: number;
}

export class World {
  readonly values = new Map<string, string>();
  readonly labels = new Map<string, string>();
  readonly made = new Map<string, number>();
  keys: WorldKey[] = [];
  time = 1_800_000_000_000;
  /** Number of calls that succeed; the next one kills the event, before or after the call's effect. */
  fuse: { left: number; after: boolean } | undefined;
  /** Called after each call that took effect, so that a test can check invariants. */
  look: () => void = () => undefined;
  /** Whether the rotation schedule exists; destroying the stack deletes it before the keys. */
  rotates = true;
  /** Number of calls for which the API still refuses every key, as it does shortly after a key is created. */
  deaf = 0;
  /** Whether the API throttles the nth call, from 0. */
  throttles: (nth: number) => boolean = () => false;
  /** What every call meets instead of an answer. */
  away: KeyTestResult | undefined;
  /** Number of calls to the API that tried a key. */
  proofs = 0;
  /** Milliseconds slept. */
  waited = 0;
  private next = 0;

  /** @param keyPrefix prefix of all keys: `<client>_` for a client's */
  constructor(private readonly keyPrefix = "") {}

  readonly rotation = (overlap = 3_600_000): Rotation => new Rotation(this.around(overlap));

  get current(): string | undefined {
    return this.labels.get("AWSCURRENT");
  }

  /** The key that clients find in the secret. */
  get currentValue(): string | undefined {
    const text = this.values.get(this.current ?? "");
    return text === undefined ? undefined : (JSON.parse(text) as { apiKey: string }).apiKey;
  }

  letsIn(value: string | undefined): boolean {
    return this.keys.some((key) => key.value === value && key.joined);
  }

  /** What Secrets Manager does before the first rotation step. */
  begin(token: string): void {
    this.labels.set("AWSPENDING", token);
    this.made.set(token, this.time);
  }

  put(version: string, text: string, label: string): void {
    this.values.set(version, text);
    this.made.set(version, this.time);
    this.labels.set(label, version);
  }

  private around(overlap: number): RotationContext {
    const call = async <T>(effect: () => T): Promise<T> => {
      const last = this.fuse !== undefined && this.fuse.left-- === 0;
      if (last && !this.fuse!.after) throw new Killed();
      const result = effect();
      this.look();
      if (last) throw new Killed();
      return Promise.resolve(result);
    };
    const vault: Vault = {
      describe: () =>
        call(() => ({
          rotates: this.rotates,
          current: this.current,
          pending: this.labels.get("AWSPENDING"),
          adoptable: this.labels.get("ADOPT"),
        })),
      read: (version) => call(() => this.values.get(version)),
      write: (version, text, label) => call(() => this.put(version, text, label)),
      makeCurrent: (version) => call(() => void this.labels.set("AWSCURRENT", version)),
      unlabel: (_, label) => call(() => void this.labels.delete(label)),
      ages: () => call(() => new Map(this.made)),
    };
    const keyOf = (id: string) => this.keys.find((key) => key.id === id);
    const keys: ApiKeys = {
      list: () => call(() => this.keys.map(({ id, version, retiredAt }) => ({ id, version, retiredAt }))),
      create: (version, value) =>
        call(() => {
          if (this.keys.some((key) => key.value === value)) return undefined;
          const key = { id: `key-${this.next++}`, version, value, joined: false };
          this.keys.push(key);
          return key;
        }),
      join: ({ id }) => call(() => void (keyOf(id)!.joined = true)),
      mark: ({ id }, retiredAt) => call(() => void (keyOf(id)!.retiredAt = retiredAt)),
      remove: ({ id }) => call(() => void (this.keys = this.keys.filter((key) => key.id !== id))),
    };
    return {
      vault,
      keys,
      test: async (value) => {
        await call(() => undefined);
        if (this.away !== undefined) return this.away;
        if (this.throttles(this.proofs++)) return "throttled";
        return this.deaf-- <= 0 && this.letsIn(value) ? "let in" : "refused";
      },
      keyPrefix: this.keyPrefix,
      newKey: () => `${this.keyPrefix}new-key-number-${String(this.next++).padStart(10, "0")}`,
      newVersion: () => `version-${this.next++}`,
      now: () => this.time,
      sleep: (ms) => {
        this.waited += ms;
        return Promise.resolve(void (this.time += ms));
      },
      patience: 10_000,
      overlap,
    };
  }
}

/** A world with one key in use. */
export async function aWorld(keyPrefix = ""): Promise<World> {
  const world = new World(keyPrefix);
  await world.rotation().initialise();
  return world;
}
