// The manifest that pins the models, beside the function's code.

import { readFileSync } from "node:fs";

import { parsePins, type PinnedModels } from "../core/pinned-model";

/** Throws an Error that names the file where it cannot be read or is not a manifest. */
export function readManifest(path: string): PinnedModels {
  try {
    return parsePins(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`cannot read the models' manifest ${path}: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
}
