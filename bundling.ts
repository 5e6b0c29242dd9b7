// How the code of the functions is bundled: their entries in `lambda/`, and the models' transforms. The program bundles what is
// deployed, the local run the same once more for a debugger; from one place, so that the two differ in what a debugger needs alone.

import { join } from "node:path";
import type { BuildOptions } from "esbuild";

/** Runtime of every function; esbuild's target is the same Node. Supported by AWS until 2028-04-30. */
export const runtime = { lambda: "nodejs24.x", node: "node24" } as const;

/** Paths in bundles are relative to the project's folder, so that a clone elsewhere gives the same bytes. */
const common = {
  absWorkingDir: __dirname,
  bundle: true,
  write: false,
  minify: true,
  platform: "node",
  format: "cjs",
  target: runtime.node,
  // Prefers a package's ES modules, so that unused code is left out: it saves a third of the AWS SDK's clients.
  mainFields: ["module", "main"],
  // No tsconfig influences what is deployed.
  tsconfigRaw: {},
  logLevel: "silent",
} satisfies BuildOptions;

/** Path of an entry's source, from the project's folder. */
export const entrySource = (entry: string): string => join("lambda", `${entry}.ts`);

/** Bundles a function's entry. */
export function functionBundle(entry: string) {
  return {
    ...common,
    entryPoints: [entrySource(entry)],
    // The native library is a layer of its own.
    external: ["onnxruntime-node"],
  } satisfies BuildOptions;
}

/** Bundles a model's transform, with a source map beside it. @param file path of its `transform.ts` */
export function transformBundle(file: string) {
  return {
    ...common,
    entryPoints: [file],
    outfile: join(__dirname, "transform.js"),
    metafile: true,
    supported: { "dynamic-import": false },
    // A folder of models elsewhere has the project's packages, too.
    nodePaths: [join(__dirname, "node_modules")],
    loader: { ".csv": "text", ".bin": "binary" },
    define: { "process.env.NODE_ENV": '"production"' },
    // A block, in which a variable of the bundle may have the name of a parameter that the function gives it.
    banner: { js: '"use strict";{' },
    footer: { js: "}" },
    sourcemap: "external",
    sourcesContent: false,
  } satisfies BuildOptions;
}
