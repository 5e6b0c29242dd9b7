// The models that are deployed: what lies in the models folder, pinned by digest.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type ModelManifest, type PinnedFile, type PinnedModel, transformFile } from "../../contract";
import { projectRoot } from "../base/bundle";
import { checkModel } from "../../onnx/check-model";
import { isLfsPointer, lfsCure } from "../base/git-lfs";
import { userError } from "../base/user-error";
import { type BundledTransform, bundleTransform } from "./transforms";

/** The models' pins, their files as a Lambda layer (`models/<name>/…`, under `/opt` where the function runs), and their transforms. */
export interface Models {
  readonly manifest: ModelManifest;
  readonly layer: pulumi.asset.AssetArchive;
  /** The bundled transforms and their source maps, by their paths beside the function's code. */
  readonly transforms: Readonly<Record<string, string>>;
}

/**
 * Files that are not in the layer: hidden files, and documentation, images, scripts, sources and an example beside a model. What a
 * transform imports is not either.
 */
const notPartOfTheModel =
  /(^\.)|(\.(md|txt|csv|html|png|jpe?g|svg|py|ipynb|ts)$)|(^example\.\w+$)|(^(package(-lock)?|tsconfig)\.json$)/i;

/**
 * Maximum size of all models together, in bytes. A function and its layers have 250 MB unpacked, of which the native
 * library takes 46.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (deployment package size)
 */
const largest = 200 * 1024 * 1024;

/** Letters of a model's name, at most: it stands in a client's stage variable, which lists several of them in 512 characters. */
const longestName = 64;

/**
 * Reads the folder: one subfolder for each model, with `model.onnx` and its external data.
 * @throws pulumi.RunError if no model can be deployed from it
 */
export function readModels(folder: string): Models {
  const root = resolve(projectRoot, folder);
  if (!existsSync(root)) throw modelsError(folder, "does not exist");
  if (!statSync(root).isDirectory()) throw modelsError(folder, "is not a folder");
  const names = readdirSync(root, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && existsSync(join(root, entry.name, "model.onnx")))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0) throw modelsError(folder, "holds no model: put one at <name>/model.onnx");
  requireNames(names, folder);
  const bundles = new Map(names.map((name) => [name, bundleTransform(join(root, name))]));
  const found = names.map((name) => [name, filesOf(root, name, folder, bundles.get(name))] as const);
  const bytes = found.flatMap(([, files]) => files).reduce((sum, file) => sum + file.bytes, 0);
  // Checked before anything is read: a file may be larger than memory.
  if (bytes > largest) {
    throw modelsError(
      folder,
      `holds ${Math.ceil(bytes / 1024 / 1024)} MB; a Lambda function takes ${largest / 1024 / 1024}`,
      "save the models as float16 or int8 (docs/models.md#size), or pulumi config set modelsFolder models",
    );
  }
  const pointer = found
    .flatMap(([name, files]) => files.map(({ path }) => `${name}/${path}`))
    .find((path) => isLfsPointer(join(root, path)));
  if (pointer !== undefined) throw modelsError(folder, `has a Git LFS pointer instead of a file: ${pointer}`, lfsCure);
  const faults: string[] = [];
  const pinned = (name: string, files: readonly Omit<PinnedFile, "sha256">[]): PinnedModel => {
    const pins = pin(join(root, name), files, (content, paths) => {
      for (const { what, cure } of checkModel(content, paths).faults)
        faults.push(`modelsFolder: ${folder}/${name}/model.onnx ${what}: ${cure}`);
    });
    const transform = bundles.get(name)?.sha256;
    return transform === undefined ? pins : { ...pins, transform };
  };
  const models = Object.fromEntries(found.map(([name, files]) => [name, pinned(name, files)]));
  if (faults.length > 0) throw userError(faults.length === 1 ? faults[0]! : severalFaults(faults));
  const assets = names.flatMap((name) =>
    models[name]!.files.map(({ path }) => [
      `models/${name}/${path}`,
      new pulumi.asset.FileAsset(join(root, name, path)),
    ]),
  );
  const transforms = Object.fromEntries(
    [...bundles].flatMap(([name, bundle]) => {
      if (bundle === undefined) return [];
      const file = transformFile(name);
      return [
        [file, bundle.code],
        [`${file}.map`, bundle.map],
      ];
    }),
  );
  return { manifest: { models }, layer: new pulumi.asset.AssetArchive(Object.fromEntries(assets)), transforms };
}

function severalFaults(faults: readonly string[]): string {
  return ["modelsFolder: holds models that cannot be served:", ...faults.map((fault) => `  ${fault}`)].join("\n");
}

/** @throws pulumi.RunError naming a model whose name cannot be served */
function requireNames(names: readonly string[], folder: string): void {
  const cure = "rename its folder";
  const invalid = names.find((name) => !/^[A-Za-z0-9][\w.-]*$/.test(name));
  if (invalid !== undefined) {
    const what = `has a model whose name cannot stand in a URL (letters, digits, . _ -; a letter or digit first)`;
    throw modelsError(folder, `${what}: ${invalid}`, cure);
  }
  const long = names.find((name) => name.length > longestName);
  if (long === undefined) return;
  throw modelsError(folder, `has a model whose name has ${long.length} letters, of ${longestName}: ${long}`, cure);
}

/**
 * The model that the plain routes serve: the configured one, or the only one in the folder. Without it they would
 * answer 404 to everyone.
 * @param set value of the setting `defaultModel`
 * @param published whether the training pipeline publishes models: it publishes under the name `set`, and a model of
 * another name would never be replaced
 * @throws pulumi.RunError if no model has that name, and there are several models or the pipeline publishes one
 */
export function defaultModel({ manifest }: Models, set: string, folder: string, published: boolean): string {
  const names = Object.keys(manifest.models);
  if (names.includes(set)) return set;
  if (names.length === 1 && !published) return names[0]!;
  const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")} …` : names.join(", ");
  throw userError(
    `defaultModel: is not one of the models in ${folder} (${shown}): pulumi config set defaultModel ${names[0]}`,
  );
}

/**
 * Paths and sizes of a model's files, sorted by path. @throws pulumi.RunError for what is not a file, such as a pipe
 */
function filesOf(
  root: string,
  name: string,
  folder: string,
  transform: BundledTransform | undefined,
): Omit<PinnedFile, "sha256">[] {
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

/** @param check is given the content of `model.onnx`, and the paths of all files */
function pin(
  folder: string,
  found: readonly Omit<PinnedFile, "sha256">[],
  check: (content: Buffer, paths: readonly string[]) => void,
): PinnedModel {
  const paths = found.map(({ path }) => path);
  const files = found.map(({ path }): PinnedFile => {
    const content = readFileSync(join(folder, path));
    if (path === "model.onnx") check(content, paths);
    return { path, sha256: sha256(content), bytes: content.length };
  });
  const digest = files.length === 1 ? files[0]!.sha256 : sha256(files.map((f) => `${f.sha256}  ${f.path}\n`).join(""));
  return { digest, files };
}

/** Symbolic links to folders are not followed: they may form a cycle. A transform's own packages are not read. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

function modelsError(folder: string, what: string, cure = "pulumi config set modelsFolder models"): pulumi.RunError {
  return userError(`modelsFolder: ${folder} ${what}: ${cure}`);
}
