// Runs git, which only reads: the repository and its working tree stay as they are.

import { spawnSync } from "node:child_process";

/** A fault of the repository or of a given commit name; only its message is shown to the user. */
export class VersionError extends Error {}

export interface Answer {
  readonly ok: boolean;
  readonly printed: Buffer;
  /** First line of what git says about a failure; empty if it says nothing. */
  readonly complaint: string;
}

export function git(repository: string, args: readonly string[], input?: string): Answer {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: repository, input, maxBuffer: 2 ** 30 });
  const complaint = error?.message ?? String(stderr).trim().split("\n")[0]!;
  return { ok: status === 0, printed: stdout ?? Buffer.alloc(0), complaint };
}

/** What git prints. @throws VersionError with git's own reason */
export function gitPrints(repository: string, args: readonly string[], input?: string): Buffer {
  const { ok, printed, complaint } = git(repository, args, input);
  if (!ok) throw new VersionError(`git ${args[0]} failed: ${complaint || "it gives no reason"}`);
  return printed;
}
