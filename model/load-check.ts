// Whether a model can be loaded, how long that takes, and how much memory: tried in a process of its own, and remembered by
// the digest of its files, so that it costs once.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { threadsFor } from "../lambda/core/threads";
import type { Datatype } from "../lambda/core/tensor/datatype";

export interface LoadedTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 for a dimension of any size. */
  readonly shape: readonly number[];
  readonly labels?: readonly (string | number)[];
}

export interface Loaded {
  /** Milliseconds from reading the file to the session. */
  readonly ms: number;
  /** Peak memory of the whole process, in MB. */
  readonly peakMb: number;
  readonly inputs: readonly LoadedTensor[];
  /** Those that are served. */
  readonly outputs: readonly LoadedTensor[];
}

export interface NotLoaded {
  /** The runtime's reason, or how the process ended. */
  readonly error: string;
}

/** Longest time that a model may take to load, in milliseconds. */
const patience = 120_000;

const project = resolve(__dirname, "..");

/** Folder of the remembered results. */
export function keptLoads(root: string): string {
  return join(root, ".local", "models");
}

/**
 * @param files paths of the model's files relative to its folder: those that decide what is loaded
 * @param memoryMb memory of the function, which decides its number of threads
 * @param kept folder of the remembered results; made if it is not there
 */
export async function loadCheck(
  folder: string,
  files: readonly string[],
  memoryMb: number,
  kept: string,
): Promise<Loaded | NotLoaded> {
  const threads = threadsFor(memoryMb);
  const file = join(kept, `${keyOf(folder, files, threads)}.json`);
  const before = remembered(file);
  if (before !== undefined) return before;
  const result = await load(folder, threads, files);
  // A failure may have been this machine's: lack of memory, a file that was just being written.
  if ("error" in result) return result;
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(result));
  renameSync(`${file}.${process.pid}`, file);
  return result;
}

/** What the result depends on: the files, the runtime, and the number of threads. */
function keyOf(folder: string, files: readonly string[], threads: number): string {
  const hash = createHash("sha256");
  const { version } = JSON.parse(readFileSync(join(project, "node_modules/onnxruntime-node/package.json"), "utf8")) as {
    version: string;
  };
  hash.update(`${version} ${process.arch} ${threads}\n`);
  for (const path of [...files].sort()) {
    hash.update(
      `${createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex")}  ${path}\n`,
    );
  }
  return hash.digest("hex");
}

function remembered(file: string): Loaded | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Loaded) : undefined;
  } catch {
    return undefined;
  }
}

function load(folder: string, threads: number, files: readonly string[]): Promise<Loaded | NotLoaded> {
  const program = join(__dirname, "load-process.ts");
  const weights = files.filter((path) => path !== "model.onnx");
  const child = spawn(
    process.execPath,
    ["--require", join(project, "compile.cjs"), program, resolve(folder), String(threads), ...weights],
    {
      cwd: project,
      // A file from a stranger is read here: no credentials are near.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: process.env["TMPDIR"] },
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, patience);
  return new Promise((done) => {
    const finish = (result: Loaded | NotLoaded): void => {
      clearTimeout(timer);
      done(result);
    };
    child.on("error", ({ message }) => finish({ error: message }));
    child.on("close", (code, signal) => {
      if (late) return finish({ error: `it was not loaded within ${patience / 1000} seconds` });
      if (output !== "") return finish(JSON.parse(output) as Loaded | NotLoaded);
      // SIGKILL is what the system ends a process with that takes more memory than there is.
      return finish({ error: `the process that loaded it ended with ${signal ?? `exit status ${String(code)}`}` });
    });
  });
}
