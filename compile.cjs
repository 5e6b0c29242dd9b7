// Compiles this project's TypeScript as it is required, by esbuild, and keeps each result by its content, for every copy of the project
// that has the same packages: `node --require ./compile.cjs program.ts`. Types are checked by `npm test`. The packages' own files are
// left to Node; `import()` becomes a `require` that runs when it is reached, so that no second loader is needed.

"use strict";

const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, join } = require("node:path");

const options = {
  platform: "node",
  format: "cjs",
  target: "node20",
  supported: { "dynamic-import": false },
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: {},
  logLevel: "silent",
};

// Beside the compiler, wherever a link to it leads: a preview evaluates copies of the project, mostly of the same files.
const manifest = require.resolve("esbuild/package.json");
const cache = join(dirname(manifest), "../.cache/compiled");
const compiler = require(manifest).version + JSON.stringify(options);

Module._extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
watchPackages();
process.on("uncaughtExceptionMonitor", (error) => {
  if (error instanceof Error) error.stack = sourceLines(error.stack);
});

module.exports = { sourceLines };

function compiled(file) {
  const source = readFileSync(file, "utf8");
  try {
    return readFileSync(keptAs(file, source), "utf8");
  } catch {
    return compile(file, source);
  }
}

/** Where the result for a file with this content is kept; the name is in its source map. */
function keptAs(file, source) {
  const key = [compiler, basename(file), source].join("\0");
  return join(cache, `${createHash("sha256").update(key).digest("hex")}.js`);
}

/** Compiles a file, and in the same call of esbuild, which takes longer than a file, those beside it: they are mostly next. */
function compile(file, source) {
  const { buildSync, transformSync } = require("esbuild");
  const folder = dirname(file);
  const names = readdirSync(folder).filter((name) => /(?<!\.d)\.ts$/.test(name));
  try {
    const entryPoints = names.map((name) => join(folder, name));
    const before = new Map(entryPoints.map((path) => [path, readFileSync(path, "utf8")]));
    const { outputFiles } = buildSync({ ...options, entryPoints, outdir: folder, write: false });
    const texts = new Map(outputFiles.map(({ path, text }) => [path.replace(/\.js$/, ".ts"), text]));
    // A file that has just been changed may have been compiled in its new form: not kept under its old one.
    for (const [path, text] of texts)
      if (readFileSync(path, "utf8") === before.get(path)) keep(path, before.get(path), text);
    if (before.get(file) === source) return texts.get(file);
  } catch {
    // One beside it does not compile.
  }
  return transformSync(source, { ...options, loader: "ts", sourcefile: file }).code;
}

function keep(file, source, code) {
  const unfinished = join(cache, randomUUID());
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, keptAs(file, source)); // Atomic: another process may be compiling the same file.
  } catch {
    // The folder cannot be written to: the file is compiled again next time.
  }
}

/**
 * How packages are loaded. Pulumi's SDK loads npm's tree builder, the TypeScript compiler, its Automation API and what they need at once,
 * most of its loading time: they serialise functions and drive the engine, which this program does not do.
 */
function watchPackages() {
  const deferred = new Set([
    "./automation",
    "@npmcli/arborist",
    "@opentelemetry/api",
    "js-yaml",
    "normalize-package-data",
    "semver",
    "typescript",
  ]);
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    // Read when esbuild is loaded: without a thread, for which its synchronous calls would wait for ever if it did not start.
    if (request === "esbuild") process.env.ESBUILD_WORKER_THREADS ??= "0";
    const ofPulumi = deferred.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");
    if (!ofPulumi) return load.call(this, request, parent, ...rest);
    // As an ES module: TypeScript's import helpers then take it as it is, and look at nothing of it.
    const get = (_, key) => {
      if (key === "__esModule") return true;
      const loaded = load.call(this, request, parent, ...rest);
      return key === "default" && !loaded.__esModule ? loaded : loaded[key];
    };
    return new Proxy({}, { get });
  };
}

/**
 * A stack trace with the lines of the TypeScript sources. Node's own source maps would read the map of every package and map every
 * trace, of which Pulumi takes one for each output; few are ever read.
 */
function sourceLines(stack) {
  return String(stack).replace(/([^\s(]+\.ts):(\d+):(\d+)/g, (position, file, line, column) => {
    try {
      const map = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(compiled(file))[1];
      const entry = new Module.SourceMap(JSON.parse(Buffer.from(map, "base64"))).findEntry(line - 1, column - 1);
      return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    } catch {
      return position; // A file that is gone, or a position that the compiler made.
    }
  });
}
