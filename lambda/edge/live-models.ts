// The published models that are live according to the pointer in their bucket, which is polled, not read for every
// request. Whatever fails, the previous models keep serving; a model's digest is checked before it is loaded.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { largestPublishedModel, type LivePointer, publishedKeys } from "../../contract";
import { parsePointer } from "../core/publish/live-pointer";
import type { LiveModel } from "../core/publish/served-model";
import type { PinnedModel } from "../core/publish/pinned-model";
import type { Model } from "../core/tensor/signature";
import { writeLine } from "./log";
import type { ModelFiles } from "./model-files";
import { ObjectStore } from "./object-store";

export interface LiveModelsOptions {
  readonly store: Pick<ObjectStore, "get">;
  readonly bucket: string;
  /** Milliseconds between reads of the pointer. */
  readonly refresh: number;
  /** Loads a model from bytes whose digest was checked. */
  readonly load: (pinned: PinnedModel, files: ModelFiles) => Promise<Model>;
  /** Monotonic, in milliseconds since any point in time. */
  readonly clock: () => number;
  /** Logs what an operator should know. */
  readonly note: (note: LiveNote) => void;
}

export interface LiveNote {
  readonly level: "info" | "error";
  readonly event: "live-model";
  readonly model: string;
  readonly outcome: "changed" | "kept";
  readonly digest?: string | null;
  readonly canaryPercent?: number;
  readonly cause?: string;
}

/**
 * Milliseconds for which requests wait for a refresh. They must wait, because Lambda freezes the function between
 * requests and background work may never finish; loading a large model can span several requests.
 */
const patience = 1_000;

/** Maximum size of a pointer, in bytes. */
const largestPointer = 16 * 1024;

interface State {
  live: LiveModel | undefined;
  etag: string | undefined;
  /** Time of the next refresh, in milliseconds of the clock. */
  due: number;
  /** The refresh in progress. */
  refreshing: Promise<void> | undefined;
  /** Until when requests wait for that refresh, in milliseconds of the clock. */
  waitUntil: number;
}

export class LiveModels {
  private readonly states = new Map<string, State>();

  constructor(private readonly options: LiveModelsOptions) {}

  /**
   * What is live for a model; `undefined` if nothing was published or the pointer could not be read yet. Never rejects.
   */
  async live(name: string): Promise<LiveModel | undefined> {
    const { clock } = this.options;
    let state = this.states.get(name);
    if (state === undefined) {
      state = { live: undefined, etag: undefined, due: -Infinity, refreshing: undefined, waitUntil: 0 };
      this.states.set(name, state);
    }
    if (state.refreshing === undefined && clock() >= state.due) {
      state.waitUntil = clock() + patience;
      state.refreshing = this.refresh(name, state);
    }
    if (state.refreshing !== undefined && clock() < state.waitUntil) {
      await within(state.waitUntil - clock(), state.refreshing);
    }
    return state.live;
  }

  private async refresh(name: string, state: State): Promise<void> {
    const { store, bucket, clock, refresh, note } = this.options;
    try {
      const key = publishedKeys.pointer(name);
      const found = await store.get(bucket, key, { limit: largestPointer, etag: state.etag });
      if (found === undefined) {
        state.live = undefined;
        state.etag = undefined;
      } else if (found !== "unchanged") {
        if (!isUtf8(found.body)) throw new Error("the pointer is not text");
        const pointer = parsePointer(found.body.toString("utf8"));
        state.live = await this.load(name, pointer, state.live);
        // Set only now, so that a pointer whose models could not be loaded is read again.
        state.etag = found.etag;
        const { digest, canaryPercent } = pointer;
        note({ level: "info", event: "live-model", model: name, outcome: "changed", digest, canaryPercent });
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      note({ level: "error", event: "live-model", model: name, outcome: "kept", cause });
    } finally {
      state.due = clock() + refresh;
      state.refreshing = undefined;
    }
  }

  /** Loads the models that get requests, reusing those already loaded. @throws Error if any of them cannot be loaded */
  private async load(name: string, pointer: LivePointer, before: LiveModel | undefined): Promise<LiveModel> {
    const loaded = new Map<string, Model>();
    if (before?.digest && before.pointer.digest !== null) loaded.set(before.pointer.digest, before.digest);
    if (before?.previous && before.pointer.previous !== null) loaded.set(before.pointer.previous, before.previous);
    const model = async (digest: string | null, share: number): Promise<Model | null> =>
      digest === null || share === 0 ? null : (loaded.get(digest) ?? (await this.fetch(name, digest)));
    return {
      pointer,
      digest: await model(pointer.digest, pointer.canaryPercent),
      previous: await model(pointer.previous, 100 - pointer.canaryPercent),
    };
  }

  private async fetch(name: string, digest: string): Promise<Model> {
    const { store, bucket, load } = this.options;
    const found = await store.get(bucket, publishedKeys.artefact(name, digest), { limit: largestPublishedModel });
    if (found === undefined || found === "unchanged") throw new Error(`the published model ${digest} is not there`);
    if (createHash("sha256").update(found.body).digest("hex") !== digest) {
      throw new Error(`the published model ${digest} has another digest`);
    }
    const files = new Map([["model.onnx", digest]]);
    return load({ name, digest, files }, { model: found.body, external: [] });
  }
}

/** Waits for `work`, but at most `ms` milliseconds. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}

// Connects `LiveModels` to S3, the clock and the log. Imported dynamically, so that a function without published models
// loads neither this code nor the request signer.

interface PublishedModelsOptions {
  readonly bucket: string;
  readonly region: string;
  /** Seconds between reads of the pointer; 60 if this is not a number above zero. */
  readonly refresh: number;
  readonly load: (pinned: PinnedModel, files: ModelFiles) => Promise<Model>;
}

export function publishedModels({ bucket, region, refresh, load }: PublishedModelsOptions): LiveModels {
  return new LiveModels({
    store: new ObjectStore(region, { small: 2_000, large: 20_000 }),
    bucket,
    refresh: (refresh > 0 ? refresh : 60) * 1_000,
    load,
    clock: () => performance.now(),
    note: (note) => writeLine(JSON.stringify(note)),
  });
}
