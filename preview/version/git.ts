// Runs git, which only reads, and finds the commits that are compared: the repository and its working tree stay as they are.

import { spawnSync } from "node:child_process";

/** An error of the repository or of a given commit name; only its message is shown to the user. */
export class VersionError extends Error {}

export interface GitResult {
  readonly ok: boolean;
  readonly printed: Buffer;
  /** First line of what git prints about a failure; empty if it prints nothing. */
  readonly reason: string;
}

export function git(repository: string, args: readonly string[], input?: string): GitResult {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: repository, input, maxBuffer: 2 ** 30 });
  const reason = error?.message ?? String(stderr).trim().split("\n")[0]!;
  return { ok: status === 0, printed: stdout ?? Buffer.alloc(0), reason };
}

/** What git prints. @throws VersionError with git's own reason */
export function gitPrints(repository: string, args: readonly string[], input?: string): Buffer {
  const { ok, printed, reason } = git(repository, args, input);
  if (!ok) throw new VersionError(`git ${args[0]} failed: ${reason || "it gives no reason"}`);
  return printed;
}

/**
 * The commit that a change is compared with: `name`, or the merge base of HEAD and the main branch.
 * @returns the full commit hash
 * @throws VersionError if there is no such commit
 */
export function baseCommit(repository: string, name: string | undefined): string {
  if (name !== undefined) return commitOf(repository, name, "--base");
  gitPrints(repository, ["rev-parse", "--git-dir"]); // If git refuses the whole repository, its reason is the one to report.
  for (const main of ["origin/HEAD", "origin/main", "main"]) {
    const { ok, printed } = git(repository, ["merge-base", main, "HEAD"]);
    if (ok) return String(printed).trim();
  }
  throw new VersionError("no main branch (origin/HEAD, origin/main, main) to compare with: name a commit with --base");
}

/**
 * @param option where the name comes from
 * @returns the full commit hash of a branch, tag or hash
 * @throws VersionError if there is no such commit
 */
export function commitOf(repository: string, name: string, option: string): string {
  if (name.trim() === "") throw new VersionError(`${option}: name a commit, branch or tag`);
  // `--end-of-options`: a name that begins with a dash must not be read as an option.
  const { ok, printed, reason } = git(repository, [
    ...["rev-parse", "--verify", "--quiet", "--end-of-options"],
    `${name}^{commit}`,
  ]);
  if (ok) return String(printed).trim();
  const why = reason === "" ? "a shallow clone lacks it (git fetch --unshallow)" : reason;
  throw new VersionError(`no commit ${name}: ${why}`);
}
