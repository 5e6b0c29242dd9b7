// Runs commands of the clouds' own CLIs, which already have the user's credentials.

import { spawn } from "node:child_process";

/** Longest wait for one command, in milliseconds. */
const patience = 30_000;

/** `missing`: the tool is not installed. */
interface Failed {
  readonly ok: false;
  readonly missing: boolean;
  readonly reason: string;
}

export type CommandResult = { readonly ok: true; readonly json: unknown } | Failed;

/** Runs a command that prints JSON. If it fails, `reason` is the last line of its stderr. Never rejects. */
export async function readJson(command: string, args: readonly string[]): Promise<CommandResult> {
  const result = await run(command, args);
  if (!result.ok) return result;
  try {
    return { ok: true, json: JSON.parse(result.printed) as unknown };
  } catch {
    return { ok: false, missing: false, reason: `${command} printed no JSON` };
  }
}

/** As `readJson`, of a command that may print anything. */
export function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly ok: true; readonly printed: string } | Failed> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    // Not spawn's own `timeout`: if the command is not installed, its timer keeps this process alive.
    const timer = setTimeout(() => child.kill(), patience);
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ok: false, missing: error.code === "ENOENT", reason: String(error.code) });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      const reason = err.trim().split("\n").at(-1) || `${command} ended with ${code}`;
      resolve(code === 0 ? { ok: true, printed: out } : { ok: false, missing: false, reason });
    });
  });
}
