// Reads a model's files once and checks them against the manifest, so that the checked bytes are the ones used. External data in a
// layer is only hashed, piece by piece: nothing can write there, so the runtime may map the file and still use the checked bytes.

import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";
import path from "node:path";
import { parsePins, type PinnedModel, type PinnedModels } from "../core/publish/pinned-model";

export interface ModelFiles {
  readonly model: Buffer;
  /** ONNX external data: the files with weights, by the paths with which the model refers to them. */
  readonly external: readonly { readonly path: string; readonly data: Buffer }[];
  /** External data that stays where it is: nothing can change those files. */
  readonly mapped?: { readonly folder: string; readonly paths: readonly string[] };
}

/**
 * Reads every pinned file of `<directory>/<model>/` and no other.
 * @param isFixed whether nothing can change a file
 * @throws Error naming a file that is missing or differs
 */
export async function readModelFiles(
  directory: string,
  pinned: PinnedModel,
  isFixed: (file: string) => boolean = isInLayer,
): Promise<ModelFiles> {
  const folder = path.join(directory, pinned.name);
  const paths = [...pinned.files.keys()].sort();
  const read = await Promise.all(
    paths.map((file) => readOrHash(path.join(folder, file), file !== main && isFixed(path.join(folder, file)))),
  );
  paths.forEach((file, index) => {
    if (read[index]!.digest !== pinned.files.get(file))
      throw new Error(`${pinned.name}/${file} is not the pinned file`);
  });
  const lines = paths.map((file, index) => `${read[index]!.digest}  ${file}\n`).join("");
  const digest = paths.length === 1 ? read[0]!.digest : sha256(Buffer.from(lines));
  if (digest !== pinned.digest) throw new Error(`${pinned.name}: its digest is not that of its pinned files`);
  const external = paths.flatMap((file, index) => {
    const { data } = read[index]!;
    return file === main || data === undefined ? [] : [{ path: file, data }];
  });
  const left = paths.filter((_, index) => read[index]!.data === undefined);
  return {
    model: read[paths.indexOf(main)]!.data!,
    external,
    ...(left.length > 0 ? { mapped: { folder, paths: left } } : {}),
  };
}

const main = "model.onnx";

/** The content of a file and its digest; the digest alone of a file that stays. */
async function readOrHash(file: string, stays: boolean): Promise<{ digest: string; data?: Buffer }> {
  if (stays) return { digest: await digestOf(file) };
  // Nothing else is to be done meanwhile: the runtime's own load would hold up an asynchronous read.
  const data = readFileSync(file);
  return { digest: sha256(data), data };
}

/** Bytes read at a time: few enough to stay in the processor's cache until they are hashed. */
const piece = 512 * 1024;

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  // Only here: no start waits for what just large models need.
  const opened = await process.getBuiltinModule("node:fs/promises").open(file);
  try {
    // One piece is read while the other is hashed.
    let [next, free] = [Buffer.allocUnsafeSlow(piece), Buffer.allocUnsafeSlow(piece)];
    for (let reading = opened.read(next, 0, piece); ;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return hash.digest("hex");
      [next, free] = [free, next];
      reading = opened.read(next, 0, piece);
      hash.update(free.subarray(0, bytesRead));
    }
  } finally {
    await opened.close();
  }
}

/**
 * Whether a file lies in a layer of Lambda, which is mounted read-only: even its owner could not write (EROFS). Elsewhere, as on a laptop,
 * a file may change between its check and its use.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
 */
export function isInLayer(file: string): boolean {
  if (!file.startsWith("/opt/")) return false;
  try {
    accessSync(file, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EROFS";
  }
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
