// Bundles the program of a function's process into one file, so that it starts about as fast as an empty Node process.

import { build } from "esbuild";
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bundles child.ts. @returns path of the bundle, in `directory` */
export async function bundleRuntime(directory: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "child.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    write: false,
    logLevel: "silent",
  });
  mkdirSync(directory, { recursive: true });
  // Replaced atomically: another run may be starting a process from it.
  const file = join(directory, "runtime.cjs");
  const unfinished = `${file}.${randomUUID()}`;
  writeFileSync(unfinished, outputFiles[0]!.contents);
  renameSync(unfinished, file);
  return file;
}
