// The bundled models: each is loaded once, on first use. A failed load is retried only after a pause.

import { Failure } from "../core/failure";
import type { PinnedModel, PinnedModels } from "../core/publish/pinned-model";
import type { Model } from "../core/tensor/signature";

/** Milliseconds before a failed load is retried, so that a broken model does not cost every request a load. */
export const retryAfter = 10_000;

/** What callers are told: the runtime's own reason may quote paths and the model. */
const notLoaded = "it could not be loaded; the operator's log says why";

interface Loading {
  readonly model: Promise<Model>;
  loaded: Model | undefined;
  /** When the load failed, in milliseconds of the catalog's clock. */
  failedAt: number | undefined;
}

export class Catalog {
  private readonly loading = new Map<string, Loading>();

  /**
   * @param load loads a model, or rejects with any error
   * @param clock monotonic, in milliseconds since any point in time
   */
  constructor(
    private readonly pins: PinnedModels,
    private readonly load: (pinned: PinnedModel) => Promise<Model>,
    private readonly clock: () => number,
  ) {}

  /** The model's entry in the manifest. @throws Failure `unknown-model` */
  pinned(name: string): PinnedModel {
    const pinned = this.pins.get(name);
    if (pinned === undefined) throw new Failure("unknown-model", "");
    return pinned;
  }

  /**
   * The loaded model.
   * @throws Failure `unknown-model`; rejects with Failure `model-unavailable` if it cannot be loaded
   */
  get(name: string): Promise<Model> {
    const pinned = this.pinned(name);
    const earlier = this.loading.get(name);
    if (earlier !== undefined && !this.isStale(earlier)) return earlier.model;
    const started: Loading = { model: this.start(pinned, () => started), loaded: undefined, failedAt: undefined };
    this.loading.set(name, started);
    return started.model;
  }

  private async start(pinned: PinnedModel, loading: () => Loading): Promise<Model> {
    try {
      const model = await this.load(pinned);
      loading().loaded = model;
      return model;
    } catch (cause) {
      loading().failedAt = this.clock();
      throw new Failure("model-unavailable", notLoaded, { cause });
    }
  }

  /** Why a model cannot be called, for callers: its last load or call failed; `undefined`: it did not, or none was tried. */
  failure(name: string): string | undefined {
    const { loaded, failedAt } = this.loading.get(name) ?? {};
    return failedAt === undefined ? loaded?.fault?.()?.message : notLoaded;
  }

  private isStale({ failedAt }: Loading): boolean {
    return failedAt !== undefined && this.clock() - failedAt >= retryAfter;
  }
}
