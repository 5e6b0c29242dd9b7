// Python for the tests, in the pipeline steps' own virtual environment. Without a suitable Python the tests are
// skipped, with a warning that says why.

import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { projectRoot } from "../../graph/evaluate";
import { openHome } from "../../local/base/home";
import { NoPackages, NoPython, openEnvironment } from "../../local/training/jobs/python";

/** Path of the interpreter that runs the steps; skips the tests if there is none. */
export async function stepsPython(context: Context): Promise<string> {
  const lock = join(projectRoot, "training/requirements.txt");
  return orSkip(context, () => openEnvironment(openHome(projectRoot).python, lock, () => undefined));
}

/**
 * Skips the tests if they cannot run on this machine. On CI (`CI` set), packages that cannot be installed are an error.
 * @param open throws NoPython or NoPackages if the tests cannot run here
 */
export async function orSkip(context: Context, open: () => Promise<string>): Promise<string> {
  try {
    return await open();
  } catch (error) {
    const excuse = error instanceof NoPython || (error instanceof NoPackages && !process.env["CI"]);
    if (!excuse) throw error;
    process.emitWarning(`not run: ${(error as Error).message}`);
    return context.skip();
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Python program; its environment is only PATH, HOME and `env`. */
export function python(
  interpreter: string,
  args: readonly string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(interpreter, args, { env: { PATH: process.env["PATH"], HOME: homedir(), ...env } });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (said.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (said.stderr += String(chunk)));
  child.stdin.on("error", () => undefined); // The program may end before it has read its input.
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...said, code }));
  });
}
