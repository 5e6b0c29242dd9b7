// The models that requests get: the bundled ones, those that endpoints compute, and the published ones in the bundled ones' place.

import type { PinnedModel } from "../core/publish/pinned-model";
import { type Served, servedModel } from "../core/publish/served-model";
import type { Model } from "../core/tensor/signature";
import type { Catalog } from "./catalog";
import type { LiveModels } from "./live-models";

export class ServedModels {
  /** @param published `undefined`: none are */
  constructor(
    private readonly catalog: Catalog,
    private readonly published: Promise<LiveModels> | undefined,
  ) {}

  /** Loads a model ahead of its first request. Never throws: the request that needs it reports what is wrong. */
  prepare(pinned: PinnedModel): void {
    this.catalog.get(pinned.name).catch(() => undefined);
    this.live(pinned).catch(() => undefined);
  }

  /**
   * @param version requested version; undefined: any that is served
   * @param roll random number, 0 ≤ roll < 100; decides who gets the canary if no version is requested
   * @throws Failure `unknown-version`, `model-unavailable`
   */
  async serving(
    pinned: PinnedModel,
    version: string | undefined,
    roll: number,
  ): Promise<Served & { readonly model: Model }> {
    const { model, variant } = servedModel(pinned, await this.live(pinned), version, roll);
    return { model: model ?? (await this.catalog.get(pinned.name)), variant };
  }

  /** The model that a transform calls: never a canary, which is judged by the calls of its own name alone. */
  async stable(pinned: PinnedModel): Promise<Model> {
    return (await this.serving(pinned, undefined, 100)).model;
  }

  /** Models that cannot be loaded and in whose place no published one is live, or whose endpoint does not answer. */
  async failures(models: readonly PinnedModel[]): Promise<Map<string, string>> {
    const failed = new Map<string, string>();
    for (const pinned of models) {
      const reason = this.catalog.failure(pinned.name);
      if (reason === undefined) continue;
      const live = await this.live(pinned);
      if ((live?.digest ?? live?.previous ?? null) === null) failed.set(pinned.name, reason);
    }
    return failed;
  }

  /** What an endpoint computes is changed by updating the endpoint, not by a pointer. */
  private async live({ name, endpoint }: PinnedModel) {
    return endpoint === undefined ? (await this.published)?.live(name) : undefined;
  }
}
