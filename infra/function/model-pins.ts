// A model's files, found and pinned by their digests. Files are hashed as they are read: those with weights may be larger than
// memory; `model.onnx` alone is read as a whole, because it is checked.

import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { PinnedFile, PinnedModel } from "../../contract";
import { userError } from "../base/user-error";
import type { BundledTransform } from "./transforms";

/**
 * Files that are not part of a model: hidden files, and documentation, images, scripts, sources and an example beside a model. What a
 * transform imports is not either.
 */
const notPartOfTheModel =
  /(^\.)|(\.(md|txt|csv|html|png|jpe?g|svg|py|ipynb|ts)$)|(^example\.\w+$)|(^(package(-lock)?|tsconfig)\.json$)/i;

/** Largest message of Protocol Buffers in bytes, of which `model.onnx` is one, and what Node.js reads at once. */
const largestMessage = 2 ** 31 - 1;

export type FoundFile = Omit<PinnedFile, "sha256">;

/**
 * Paths and sizes of a model's files, sorted by path. @throws pulumi.RunError for what is not a file, such as a pipe
 */
export function filesOf(
  root: string,
  name: string,
  folder: string,
  transform: BundledTransform | undefined,
): FoundFile[] {
  const paths = filesBelow(join(root, name))
    .map((file) => relative(join(root, name), file))
    .filter((path) => path === "model.onnx" || !(notPartOfTheModel.test(path) || transform?.files.has(path)))
    .sort();
  // `model.onnx` may be a folder or, on a file system that ignores case, be spelt differently.
  if (!paths.includes("model.onnx")) throw modelsError(folder, `has no file named exactly ${name}/model.onnx`);
  return paths.map((path) => {
    const stat = statSync(join(root, name, path), { throwIfNoEntry: false });
    if (stat?.isFile() !== true) throw modelsError(folder, `contains something that is not a file: ${name}/${path}`);
    return { path, bytes: stat.size };
  });
}

/** @throws pulumi.RunError for a `model.onnx` that no program can read */
export function requireReadable(folder: string, name: string, files: readonly FoundFile[]): void {
  if (files.every(({ path, bytes }) => path !== "model.onnx" || bytes <= largestMessage)) return;
  throw modelsError(
    folder,
    `has a model of more than 2 GB in one file: ${name}`,
    "save its weights as external data: docs/models.md#external-data",
  );
}

/** @param check is given the content of `model.onnx`, and the paths of all files */
export function pin(
  folder: string,
  found: readonly FoundFile[],
  check: (content: Buffer, paths: readonly string[]) => void,
): PinnedModel {
  const paths = found.map(({ path }) => path);
  const files = found.map(({ path }): PinnedFile => {
    if (path !== "model.onnx") return { path, ...hashed(join(folder, path)) };
    const content = readFileSync(join(folder, path));
    check(content, paths);
    return { path, sha256: sha256(content), bytes: content.length };
  });
  const digest = files.length === 1 ? files[0]!.sha256 : sha256(files.map((f) => `${f.sha256}  ${f.path}\n`).join(""));
  return { digest, files };
}

/** Digest and size of a file of any size. */
function hashed(file: string): Omit<PinnedFile, "path"> {
  const hash = createHash("sha256");
  const part = Buffer.allocUnsafe(1024 * 1024);
  const opened = openSync(file, "r");
  let bytes = 0;
  try {
    for (let read = readSync(opened, part); read > 0; read = readSync(opened, part)) {
      hash.update(part.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(opened);
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Symbolic links to folders are not followed: they may form a cycle. A transform's own packages are not read. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

export function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

export function modelsError(
  folder: string,
  what: string,
  cure = "pulumi config set modelsFolder models",
): pulumi.RunError {
  return userError(`modelsFolder: ${folder} ${what}: ${cure}`);
}
