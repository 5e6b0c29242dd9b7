// The code around a model, `transform.ts` beside `model.onnx`, bundled with all that it imports into one file. Guarantees: the same
// bytes on every machine; nothing from outside the model's folder but packages; nothing that reaches files, network or processes.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { type BuildFailure, type BuildResult, buildSync, type Metafile } from "esbuild";
import { transformBundle } from "../../bundling";
import { pureModules } from "../../contract";
import { projectRoot } from "../base/bundle";
import { userError } from "../base/user-error";

export interface BundledTransform {
  readonly code: string;
  /** Source map, by which the log names the place of an error; without the sources themselves. */
  readonly map: string;
  /** SHA-256 of the code, lower-case hex. */
  readonly sha256: string;
  /** Paths within the model's folder of what is bundled, which is then no part of the model. */
  readonly files: ReadonlySet<string>;
}

/** Largest bundle in bytes: it lies in the function's own archive, with which each call's process starts. */
const largest = 5 * 1024 * 1024;

/**
 * @param folder the model's
 * @returns undefined if the model has no transform
 * @throws pulumi.RunError naming file and line, if it does not build or imports what it may not
 */
export function bundleTransform(folder: string): BundledTransform | undefined {
  const entry = join(folder, "transform.ts");
  if (!existsSync(entry)) return undefined;
  const { outputFiles, metafile } = build(entry);
  const own = realpathSync(folder);
  requirePure(metafile, own);
  const [code, map] = [/\.js$/, /\.map$/].map((end) => outputFiles.find(({ path }) => end.test(path))!.text);
  const bytes = Buffer.byteLength(code!);
  if (bytes > largest)
    throw userError(
      `${shown(entry)}: with all that it imports it has ${Math.ceil(bytes / 1024 / 1024)} MB, and may have ${largest / 1024 / 1024}: ` +
        "put large tables into the model, as initializers",
    );
  const inputs = Object.keys(metafile.inputs).map((input) => relative(own, absolute(input)));
  return {
    code: code!,
    map: map!,
    sha256: createHash("sha256").update(code!).digest("hex"),
    files: new Set(inputs.filter((input) => !leaves(input))),
  };
}

function build(entry: string): BuildResult<{ metafile: true; write: false }> {
  try {
    return buildSync(transformBundle(entry));
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    throw userError(errors.map(({ text, location }) => `${place(location)}${text}${cureOf(text)}`).join("\n"));
  }
}

function place(location: { file: string; line: number; column: number } | null): string {
  return location === null ? "" : `${location.file}:${location.line}:${location.column + 1}: `;
}

function cureOf(text: string): string {
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (missing === undefined) return "";
  if (missing === "./model") return ": npm run types writes it";
  return missing.startsWith(".")
    ? ""
    : `: npm install ${missing.split("/", missing.startsWith("@") ? 2 : 1).join("/")}`;
}

/** @throws pulumi.RunError for a file outside the model's folder and every package, or a module of Node's that is not pure */
function requirePure({ inputs, outputs }: Metafile, own: string): void {
  const kept = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  for (const { path } of kept) {
    if ((pureModules as readonly string[]).includes(path.replace(/^node:/, ""))) continue;
    const importer = importerOf(inputs, (each) => each.external === true && each.path === path);
    const what = isBuiltin(path)
      ? "a transform reaches no files, network, processes or environment"
      : "it is no file or package";
    throw userError(
      `${importer(path)}imports ${path}, which a transform may not: ${what}; of Node's modules it may import ${pureModules.join(", ")}`,
    );
  }
  for (const [input, { imports }] of Object.entries(inputs)) {
    const inside = isOwn(own, input);
    if (!inside && !isPackage(input))
      throw outside(
        importerOf(inputs, (each) => each.path === input),
        input,
      );
    // A relative path into a package, or by way of one, is not how packages are imported.
    for (const { path, original = "", external } of inside ? imports : [])
      if (external !== true && /^[./]/.test(original) && !isOwn(own, path))
        throw outside(
          importerOf(inputs, (each) => each.path === path),
          path,
        );
  }
}

function outside(importer: (path: string) => string, path: string): Error {
  return userError(
    `${importer(path)}imports ${path}, which is not in the model's folder: copy it there, or make it a package`,
  );
}

type Import = Metafile["inputs"][string]["imports"][number];

/** Says where the first import of its kind stands: `models/x/transform.ts:3: `. */
function importerOf(inputs: Metafile["inputs"], is: (each: Import) => boolean): (path: string) => string {
  const found = Object.entries(inputs).find(([, { imports }]) => imports.some(is));
  if (found === undefined) return () => "a transform ";
  const [file, { imports }] = found;
  return (path) => {
    const named = imports.find(is)?.original ?? path;
    const lines = readFileSync(absolute(file), "utf8").split("\n");
    const line = lines.findIndex((text) => [`"${named}"`, `'${named}'`].some((quoted) => text.includes(quoted)));
    return `${file}${line < 0 ? "" : `:${line + 1}`}: `;
  };
}

const absolute = (input: string): string => resolve(projectRoot, input);

const leaves = (path: string): boolean => path.startsWith(`..${sep}`) || path.startsWith("node_modules");

const isOwn = (own: string, input: string): boolean => !leaves(relative(own, absolute(input)));

const isPackage = (input: string): boolean => input.split("/").includes("node_modules");

/** A file's path as esbuild's messages have it. */
const shown = (file: string): string => relative(projectRoot, file);
