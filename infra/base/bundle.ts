// A Lambda function's code as a deterministic archive: the same sources give the same bytes on every machine.

import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import { functionBundle } from "../../bundling";

/** The project's folder. */
export const projectRoot = resolve(__dirname, "../..");

/** Bundles made before in this process, by entry, with the modification time of the newest source at that time. */
const bundled = new Map<string, { readonly newest: number; readonly text: string }>();

/**
 * Bundles `lambda/<entry>.ts` into `<entry>.js`, with the given files beside it. Synchronous, because a rejected
 * promise among a resource's inputs would leave the program waiting instead of failing.
 * @throws esbuild's error, naming file and line, if the sources do not build
 */
export function bundle(entry: string, files: Readonly<Record<string, string>> = {}): pulumi.asset.AssetArchive {
  const texts = { [`${entry}.js`]: code(entry), ...files };
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new pulumi.asset.StringAsset(text)])),
  );
}

/** A preview bundles once; tests and the local run evaluate the program again and again, mostly over the same sources. */
function code(entry: string): string {
  const newest = newestSource();
  const before = bundled.get(entry);
  if (before?.newest === newest) return before.text;
  const { outputFiles } = buildSync(functionBundle(entry));
  const text = outputFiles[0]!.text;
  bundled.set(entry, { newest, text });
  return text;
}

/** Newest modification time (ms) of what functions are made of; removing a file changes its folder's time. */
function newestSource(): number {
  const folders = ["lambda", "onnx"].map((name) => join(projectRoot, name));
  const entries = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const all = [...folders, join(projectRoot, "contract.ts"), ...entries];
  return Math.max(...all.map((path) => statSync(path).mtimeMs));
}
