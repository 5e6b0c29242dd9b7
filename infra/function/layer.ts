// Lambda layers from the code store, each uploaded only when its content changed. The native inference library is a layer
// of its own: it changes rarely, so that a change of code uploads only kilobytes.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { LayerVersion } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";

/** @returns ARN of the layer version */
export function layer(
  name: string,
  archive: pulumi.asset.Archive,
  codeStore: CodeStore,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const version = new LayerVersion(
    name,
    {
      ...codeStore.upload(name, archive, parent),
      layerName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
      compatibleArchitectures: [architecture.lambda],
    },
    { parent },
  );
  return version.arn;
}

/** Lambda's processor. arm64 is left out: onnxruntime crashes there on Lambda (microsoft/onnxruntime#10038). */
export const architecture = { lambda: "x86_64", node: "x64" } as const;

/**
 * onnxruntime-node with only the files of Lambda's platform (46 of 288 MB), where Node finds it: a layer's
 * `nodejs/node_modules` is on NODE_PATH.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-layers.html
 */
export function nativeLibraryArchive(): pulumi.asset.AssetArchive {
  const runtime = packageFolder("onnxruntime-node", __dirname);
  const common = packageFolder("onnxruntime-common", runtime);
  const native = join("bin", "napi-v6", "linux", architecture.node);
  return new pulumi.asset.AssetArchive({
    ...inLayer("onnxruntime-node", runtime, ["package.json", ...filesOf(runtime, "dist"), ...filesOf(runtime, native)]),
    ...inLayer("onnxruntime-common", common, ["package.json", ...filesOf(common, join("dist", "cjs"))]),
  });
}

function inLayer(name: string, folder: string, paths: readonly string[]): pulumi.asset.AssetMap {
  return Object.fromEntries(
    paths.map((path) => [`nodejs/node_modules/${name}/${path}`, new pulumi.asset.FileAsset(join(folder, path))]),
  );
}

/** A package's folder, found by its entry point: `package.json` itself cannot be resolved if `exports` omits it. */
function packageFolder(name: string, from: string): string {
  const main = require.resolve(name, { paths: [from] });
  const folder = join("node_modules", name);
  return main.slice(0, main.lastIndexOf(folder) + folder.length);
}

/** The files that run: no types, no source maps. */
function filesOf(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(d\.ts|map)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
