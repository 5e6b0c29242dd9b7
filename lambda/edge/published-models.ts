// Connects `LiveModels` to S3, the clock and the log. Imported dynamically, so that a function without published models
// loads neither this code nor the request signer.

import type { PinnedModel } from "../core/publish/pinned-model";
import type { Model } from "../core/tensor/signature";
import { LiveModels } from "./live-models";
import { writeLine } from "./log";
import type { ModelFiles } from "./model-files";
import { ObjectStore } from "./object-store";

export interface PublishedModelsOptions {
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
