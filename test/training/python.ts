// Python of this machine for the tests: the steps' own environment, and one with the SageMaker SDK, both kept in the user's
// cache. Where there is no Python, the tests are skipped, and say why.

import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { projectRoot } from "../../graph/evaluate";
import { openHome } from "../../local/home";
import { findPython, NoPython, openEnvironment } from "../../local/training/python";

const run = promisify(execFile);
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "model-serving-training");

/** The interpreter that runs the steps; skips the tests where there can be none. */
export async function stepsPython(context: Context): Promise<string> {
  return orSkip(context, () =>
    openEnvironment(openHome(projectRoot).python, join(projectRoot, "training/requirements.txt"), () => undefined),
  );
}

/** The interpreter that has the SageMaker SDK. */
export async function sdkPython(context: Context): Promise<string> {
  return orSkip(context, async () => {
    const { command, version } = await findPython();
    const requirements = join(projectRoot, "test/training/requirements.txt");
    const id = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
    const place = join(cache, `sdk-${version}-${id}`);
    const python = join(place, "bin/python");
    if (existsSync(join(place, "complete"))) return python;
    rmSync(place, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    await run(command, ["-m", "venv", place]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    writeFileSync(join(place, "complete"), "");
    return python;
  });
}

async function orSkip(context: Context, open: () => Promise<string>): Promise<string> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof NoPython)) throw error;
    process.stdout.write(`${error.message}\n`);
    return context.skip();
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this folder, or a step. */
export function python(
  interpreter: string,
  args: readonly string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(interpreter, args, { env: { PATH: process.env["PATH"], HOME: homedir(), ...env } });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (said.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (said.stderr += String(chunk)));
  child.stdin.on("error", () => undefined); // It may end before it reads.
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...said, code }));
  });
}
