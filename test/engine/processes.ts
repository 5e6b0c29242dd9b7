// Kills a process with all of its descendants: Pulumi's plugins and language hosts are in process groups of their own, and
// would outlive a killed CLI.

import { execFileSync } from "node:child_process";

/** SIGKILLs the process first, so that it cannot react, and then its descendants. Those that have ended are ignored. */
export function killWithDescendants(pid: number): void {
  for (const each of [pid, ...descendants(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Ids of all processes below one, recursively. */
export function descendants(pid: number): number[] {
  const listed = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = listed
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
