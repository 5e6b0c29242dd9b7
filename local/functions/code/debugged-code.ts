// A function's code for a debugger: bundled from the same sources by the same options, but for two: it is not minified, and has
// source maps. Minified code stops on the right lines, too, but an editor would show most variables as `e` and `t`, and not those
// that were merged into others. What is deployed has neither.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { entrySource, functionBundle, transformBundle } from "../../../bundling";
import { manifestFile, type ModelManifest, transformFile } from "../../../contract";
import type { Entries } from "./entries";

/** Where the sources are, and where the code will be. */
export interface Places {
  readonly projectRoot: string;
  /** Parent of the folders with code. */
  readonly directory: string;
}

interface SourceMap {
  /** Paths from the project's folder. */
  readonly sources: readonly string[];
}

/**
 * Replaces the entry, if it is one of `lambda/`, and the transforms; the manifest pins the latter by their new digests. All else
 * stays.
 * @param handler the function's setting
 * @throws esbuild's error, naming file and line, if the sources do not build
 */
export async function debuggedCode(entries: Entries, handler: string, places: Places): Promise<Entries> {
  const replaced: Entries = new Map(entries);
  const entry = handler.split(".", 1)[0]!;
  const file = `${entry}.js`;
  if (entries.has(file) && existsSync(join(places.projectRoot, entrySource(entry)))) {
    const outfile = join(places.projectRoot, file);
    const { code, map } = await readable({ ...functionBundle(entry), outfile });
    replaced.set(file, { text: withMap(code, map, file, places) });
  }
  const manifest = textOf(entries, manifestFile);
  if (manifest === undefined) return replaced;
  const { models } = JSON.parse(manifest) as ModelManifest;
  const pinned = Object.entries(models).map(async ([name, model]) => {
    const path = transformFile(name);
    const source = sourceOf(textOf(entries, `${path}.map`));
    if (model.transform === undefined || source === undefined) return [name, model] as const;
    const { code, map } = await readable(transformBundle(join(places.projectRoot, source)));
    const text = withMap(code, map, path, places);
    replaced.set(path, { text });
    replaced.set(`${path}.map`, { text: map }); // By which the function names places in its log, as deployed.
    return [name, { ...model, transform: createHash("sha256").update(text).digest("hex") }] as const;
  });
  const next: ModelManifest = { models: Object.fromEntries(await Promise.all(pinned)) };
  return replaced.set(manifestFile, { text: JSON.stringify(next) });
}

function textOf(entries: Entries, path: string): string | undefined {
  const entry = entries.get(path);
  return entry !== undefined && "text" in entry ? entry.text : undefined;
}

/** Path of a `transform.ts` from the project's folder, by the source map of its bundle: all else of the model's own lies beside it or below. */
function sourceOf(map: string | undefined): string | undefined {
  if (map === undefined) return undefined;
  const own = (JSON.parse(map) as SourceMap).sources.filter((source) => !source.split("/").includes("node_modules"));
  const found = own.filter((source) => basename(source) === "transform.ts");
  return found.sort((one, other) => one.length - other.length)[0];
}

async function readable(options: BuildOptions & { write: false }): Promise<{ code: string; map: string }> {
  const differing = { minify: false, sourcemap: "external", sourcesContent: false } as const;
  const { outputFiles } = await build({ ...options, ...differing });
  const [code, map] = [/\.js$/, /\.map$/].map((end) => outputFiles.find(({ path }) => end.test(path))!.text);
  return { code: code!, map: map! };
}

/** The code with its map within it, in which sources are named from where the code will be: so that any editor finds them. */
function withMap(code: string, map: string, file: string, { projectRoot, directory }: Places): string {
  const parsed = JSON.parse(map) as SourceMap;
  const folder = dirname(join(directory, "code", file));
  const sources = parsed.sources.map((source) => relative(folder, resolve(projectRoot, source)));
  const encoded = Buffer.from(JSON.stringify({ ...parsed, sources })).toString("base64");
  return `${code}//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}
