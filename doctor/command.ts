// Read-only commands of the clouds' own tools, which know how their user signs in.

import { spawn } from "node:child_process";

/** Longest that one answer is waited for, in milliseconds. */
const patience = 30_000;

export type Answer =
  | { readonly ok: true; readonly json: unknown }
  /** `missing`: the tool is not installed. */
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

/** Runs a command that prints JSON. Its reason is the last line that it printed to stderr. */
export function ask(command: string, args: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    // Not spawn's own `timeout`: where the command is missing, it keeps the process waiting.
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
      if (code !== 0) return resolve({ ok: false, missing: false, reason });
      try {
        resolve({ ok: true, json: JSON.parse(out) as unknown });
      } catch {
        resolve({ ok: false, missing: false, reason: `${command} printed no JSON` });
      }
    });
  });
}
