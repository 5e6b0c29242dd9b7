// Reads the manifest that pins the bundled models, next to the function's code.

import { readFileSync } from "node:fs";

import { parsePins, type PinnedModels } from "../core/publish/pinned-model";

/** @throws Error naming the file if it cannot be read or is not a valid manifest */
export function readManifest(path: string): PinnedModels {
  try {
    return parsePins(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`cannot read the models' manifest ${path}: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
}
