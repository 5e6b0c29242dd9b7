// The program that runs in a function's process, as one file: a start costs what an empty Node process does, with no loader in it.

import { build } from "esbuild";
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bundles child.ts. @returns path of the file in `directory` */
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
  // Another run may be starting a process from the file: it must find it whole.
  const file = join(directory, "runtime.cjs");
  const unfinished = `${file}.${randomUUID()}`;
  writeFileSync(unfinished, outputFiles[0]!.contents);
  renameSync(unfinished, file);
  return file;
}
