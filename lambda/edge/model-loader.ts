// Loads the models of a function: the runtime and the client of endpoints only if one of them needs it.

import type { PinnedModel, PinnedModels } from "../core/publish/pinned-model";
import type { Model } from "../core/tensor/signature";
import { type ModelFiles, readModelFiles } from "./model-files";

interface Options {
  /** Folder of the bundled models' files. */
  readonly directory: string;
  /** Region of the endpoints. */
  readonly region: string;
  /** Intra-op threads of the runtime. */
  readonly threads: number;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
}

/** Both methods reject with an Error that says why a model cannot be loaded. */
export interface ModelLoader {
  /** A model of the manifest. */
  pinned(pinned: PinnedModel): Promise<Model>;
  /** A model from bytes whose digest was checked. */
  checked(pinned: PinnedModel, files: ModelFiles): Promise<Model>;
}

export function modelLoader(pins: PinnedModels, { directory, region, threads, clock }: Options): ModelLoader {
  // Starting the runtime takes a third of the function's start: at once, but not if endpoints compute all models.
  const inFunction = [...pins.values()].some(({ endpoint }) => endpoint === undefined);
  let runtime = inFunction ? import("./onnx") : undefined;
  const checked: ModelLoader["checked"] = async (pinned, files) => {
    runtime ??= import("./onnx");
    return (await runtime).loadModel(pinned, files, threads);
  };
  return {
    checked,
    async pinned(pinned) {
      const { endpoint } = pinned;
      if (endpoint === undefined) return checked(pinned, await readModelFiles(directory, pinned));
      const { EndpointModel } = await import("./endpoint-model");
      return new EndpointModel(pinned, endpoint, region, clock);
    },
  };
}
