// Reads a model's files once and checks them against the manifest, so that the checked bytes are the ones used.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parsePins, type PinnedModel, type PinnedModels } from "../core/publish/pinned-model";

export interface ModelFiles {
  readonly model: Buffer;
  /** ONNX external data: the files with weights, by the paths with which the model refers to them. */
  readonly external: readonly { readonly path: string; readonly data: Buffer }[];
}

/**
 * Reads every pinned file of `<directory>/<model>/` and no other.
 * @throws Error naming a file that is missing or differs
 */
export async function readModelFiles(directory: string, pinned: PinnedModel): Promise<ModelFiles> {
  const paths = [...pinned.files.keys()].sort();
  const contents = await Promise.all(paths.map((file) => readFile(path.join(directory, pinned.name, file))));
  const digests = contents.map(sha256);
  paths.forEach((file, index) => {
    if (digests[index] !== pinned.files.get(file)) throw new Error(`${pinned.name}/${file} is not the pinned file`);
  });
  const lines = paths.map((file, index) => `${digests[index]}  ${file}\n`).join("");
  const digest = paths.length === 1 ? digests[0] : sha256(Buffer.from(lines));
  if (digest !== pinned.digest) throw new Error(`${pinned.name}: its digest is not that of its pinned files`);
  const model = paths.indexOf("model.onnx");
  return {
    model: contents[model]!,
    external: paths
      .map((file, index) => ({ path: file, data: contents[index]! }))
      .filter((_, index) => index !== model),
  };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

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
