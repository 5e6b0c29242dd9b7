// Python of this machine for the tests, in the steps' own environment. Where there is none, the tests are skipped, and say why.

import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { projectRoot } from "../../graph/evaluate";
import { openHome } from "../../local/home";
import { NoPackages, NoPython, openEnvironment } from "../../local/training/python";

/** The interpreter that runs the steps; skips the tests where there can be none. */
export async function stepsPython(context: Context): Promise<string> {
  const lock = join(projectRoot, "training/requirements.txt");
  return orSkip(context, () => openEnvironment(openHome(projectRoot).python, lock, () => undefined));
}

/** @param open throws NoPython or NoPackages where the tests cannot run here; a machine of CI is there to run them, so it must have packages */
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
