// Runs read-only commands of the clouds' own CLIs, which already have the user's credentials.

import { spawn } from "node:child_process";

/** Longest wait for one command, in milliseconds. */
const patience = 30_000;

export type CommandResult =
  | { readonly ok: true; readonly json: unknown }
  /** `missing`: the tool is not installed. */
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

/** Runs a command that prints JSON. If it fails, `reason` is the last line of its stderr. Never rejects. */
export function readJson(command: string, args: readonly string[]): Promise<CommandResult> {
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
      if (code !== 0) return resolve({ ok: false, missing: false, reason });
      try {
        resolve({ ok: true, json: JSON.parse(out) as unknown });
      } catch {
        resolve({ ok: false, missing: false, reason: `${command} printed no JSON` });
      }
    });
  });
}
