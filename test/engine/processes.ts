// A process and all that it started, directly or not: plugins and hosts stand in groups of their own, and outlive a CLI that is killed.

import { execFileSync } from "node:child_process";

/** Kills them at once, the process first, so that it can answer nothing. One that has ended by then is no fault. */
export function killWithDescendants(pid: number): void {
  for (const each of [pid, ...descendants(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Ids of the processes below one. */
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
