// What Pulumi starts (`main` in package.json): index.ts and all that it imports, compiled by esbuild in one call, where Pulumi's
// runner would load the TypeScript compiler and give it each file in turn. Measured under the real engine (`npm run bench`): 40 %
// less CPU, and 50 MB less memory, than that with types unchecked; tsx would start a thread for `import()`. Types are checked by `npm test`.

"use strict";

const { readdirSync } = require("node:fs");
const { join } = require("node:path");

// esbuild would keep a thread waiting for calls; a program that calls it a few times needs none.
process.env.ESBUILD_WORKER_THREADS ??= "0";
const { buildSync } = require("esbuild");

// The runner formats stack traces by a package, which copies each frame with all its properties, and Pulumi takes a trace of every
// output: most of what a preview allocated. Node's own source maps give the same lines.
Error.prepareStackTrace = undefined;
process.setSourceMapsEnabled(true);

const texts = compiled(["bundling.ts", "contract.ts", "index.ts", ...["infra", "onnx"].flatMap(sourcesOf)]);
require.extensions[".ts"] = (module, file) => {
  const text = texts.get(file);
  if (text === undefined)
    throw new Error(`${file}: is no part of the program (index.ts, bundling.ts, contract.ts, infra/, onnx/)`);
  module._compile(text, file);
};
module.exports = require("./index.ts");

/** The JavaScript of TypeScript files, by absolute path; `import()` becomes a `require` that runs when it is reached. */
function compiled(files) {
  const { outputFiles } = buildSync({
    entryPoints: files,
    absWorkingDir: __dirname,
    outdir: __dirname,
    outbase: __dirname,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    supported: { "dynamic-import": false },
    sourcemap: "inline",
    sourcesContent: false,
    tsconfigRaw: {},
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, text }) => [path.replace(/\.js$/, ".ts"), text]));
}

function sourcesOf(folder) {
  return readdirSync(join(__dirname, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}
