// The models that are deployed: what lies in the models folder, pinned by digest.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type ModelManifest, type PinnedModel, transformFile } from "../../contract";
import { checkModel } from "../../onnx/check-model";
import { type EngineModel, engineFaults, engineModel } from "../../onnx/engine-model";
import { projectRoot } from "../base/bundle";
import { endpointName } from "../base/endpoint-name";
import { isLfsPointer, lfsCure } from "../base/git-lfs";
import type { Location } from "../base/location";
import { userError } from "../base/user-error";
import { type EndpointSetting, requireEndpointModels } from "../settings/endpoint-settings";
import { filesOf, type FoundFile, modelsError, pin, requireReadable } from "./model-pins";
import { bundleTransform } from "./transforms";

/**
 * The models' pins, the files of those that the function computes as a Lambda layer (`models/<name>/…`, under `/opt` where
 * the function runs), what endpoints need of the others, and the transforms.
 */
export interface Models {
  readonly manifest: ModelManifest;
  readonly layer: pulumi.asset.AssetArchive;
  /** By the model's name. */
  readonly engines: ReadonlyMap<string, ServedByEngine>;
  /** The bundled transforms and their source maps, by their paths beside the function's code. */
  readonly transforms: Readonly<Record<string, string>>;
}

/** A model that an endpoint computes. */
export interface ServedByEngine extends EngineModel {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly pinned: PinnedModel;
}

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
 * @param endpoints the models that endpoints compute, which have no share in what a function takes
 * @param location of the endpoints
 * @throws pulumi.RunError if no model can be deployed from it
 */
export function readModels(
  folder: string,
  endpoints: readonly EndpointSetting[] = [],
  location: Pick<Location, "prefix"> = { prefix: "" },
): Models {
  const root = resolve(projectRoot, folder);
  if (!existsSync(root)) throw modelsError(folder, "does not exist");
  if (!statSync(root).isDirectory()) throw modelsError(folder, "is not a folder");
  const names = readdirSync(root, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && existsSync(join(root, entry.name, "model.onnx")))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0) throw modelsError(folder, "holds no model: put one at <name>/model.onnx");
  requireNames(names, folder);
  requireEndpointModels(endpoints, names, folder);
  const endpointOf = (name: string) => endpoints.find(({ model }) => model === name);
  const bundles = new Map(names.map((name) => [name, bundleTransform(join(root, name))]));
  const found = names.map((name) => [name, filesOf(root, name, folder, bundles.get(name))] as const);
  // Checked before anything is read: a file may be larger than memory.
  requireSize(
    folder,
    found.filter(([name]) => endpointOf(name) === undefined),
  );
  for (const [name, files] of found) requireReadable(folder, name, files);
  const pointer = found
    .flatMap(([name, files]) => files.map(({ path }) => `${name}/${path}`))
    .find((path) => isLfsPointer(join(root, path)));
  if (pointer !== undefined) throw modelsError(folder, `has a Git LFS pointer instead of a file: ${pointer}`, lfsCure);
  const faults: string[] = [];
  const engines = new Map<string, ServedByEngine>();
  const models: Record<string, PinnedModel> = {};
  for (const [name, files] of found) {
    const endpoint = endpointOf(name);
    let engine: EngineModel | undefined;
    const pins = pin(join(root, name), files, (content, paths) => {
      const { model, faults: found } = checkModel(content, paths);
      const further = endpoint === undefined ? [] : engineFaults(model);
      for (const { what, cure } of [...found, ...further])
        faults.push(`modelsFolder: ${folder}/${name}/model.onnx ${what}: ${cure}`);
      if (endpoint !== undefined && model !== undefined && found.length + further.length === 0)
        engine = engineModel(content, model, endpoint.batching);
    });
    const transform = bundles.get(name)?.sha256;
    const pinned = transform === undefined ? pins : { ...pins, transform };
    models[name] = pinned;
    if (engine === undefined) continue;
    engines.set(name, { ...engine, folder: join(root, name), pinned });
    models[name] = { ...pinned, endpoint: { name: endpointName(location, name), signature: engine.signature } };
  }
  if (faults.length > 0) throw userError(faults.length === 1 ? faults[0]! : severalFaults(faults));
  const assets = names
    .filter((name) => !engines.has(name))
    .flatMap((name) =>
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
  const layer = new pulumi.asset.AssetArchive(Object.fromEntries(assets));
  return { manifest: { models }, layer, engines, transforms };
}

/** @throws pulumi.RunError if the models that the function computes are larger than it takes */
function requireSize(folder: string, found: readonly (readonly [string, readonly FoundFile[]])[]): void {
  const bytes = found.flatMap(([, files]) => files).reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= largest) return;
  throw modelsError(
    folder,
    `holds ${Math.ceil(bytes / 1024 / 1024)} MB; a Lambda function takes ${largest / 1024 / 1024}`,
    "save the models as float16 or int8 (docs/models.md#size), give one an endpoint (docs/endpoints.md), or pulumi config set modelsFolder models",
  );
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
