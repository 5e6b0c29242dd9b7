// The models of this function: loaded on first use, each once, and again only some time after a failure.

import { Failure } from "../core/failure";
import type { PinnedModel, PinnedModels } from "../core/pinned-model";
import type { Model } from "../core/signature";

/** Milliseconds that a failed load is remembered: a model that cannot load must not cost every request a load. */
export const retryAfter = 10_000;

interface Loading {
  readonly model: Promise<Model>;
  /** When it failed, in milliseconds of the clock. */
  failedAt: number | undefined;
}

export class Catalog {
  private readonly loading = new Map<string, Loading>();

  /**
   * @param load Loads a model, or throws.
   * @param clock Milliseconds, of any origin.
   */
  constructor(
    private readonly pins: PinnedModels,
    private readonly load: (pinned: PinnedModel) => Promise<Model>,
    private readonly clock: () => number,
  ) {}

  /** What a model was pinned as. Throws a `Failure` where there is no such model. */
  pinned(name: string): PinnedModel {
    const pinned = this.pins.get(name);
    if (pinned === undefined) throw new Failure("unknown-model", "");
    return pinned;
  }

  /** The model, loaded. Throws a `Failure`: no such model, or one that cannot be loaded. */
  get(name: string): Promise<Model> {
    const pinned = this.pinned(name);
    const earlier = this.loading.get(name);
    if (earlier !== undefined && !this.isStale(earlier)) return earlier.model;
    const started: Loading = {
      model: this.start(pinned, () => (started.failedAt = this.clock())),
      failedAt: undefined,
    };
    this.loading.set(name, started);
    return started.model;
  }

  private async start(pinned: PinnedModel, failed: () => void): Promise<Model> {
    try {
      return await this.load(pinned);
    } catch (cause) {
      failed();
      throw new Failure("model-unavailable", "it could not be loaded; the operator's log says why", { cause });
    }
  }

  private isStale({ failedAt }: Loading): boolean {
    return failedAt !== undefined && this.clock() - failedAt >= retryAfter;
  }
}
