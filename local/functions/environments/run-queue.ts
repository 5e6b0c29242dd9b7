// How long processes have waited for a core. On a busy machine a short call takes long on the clock, and another process would only
// wait too.

import { readdirSync, readFileSync } from "node:fs";

/**
 * Milliseconds that the threads of a process have been ready to run without running; 0 where the system is not Linux, or the process
 * gone. Source: sched-stats in the kernel's documentation, `/proc/<pid>/schedstat`: nanoseconds run, nanoseconds waited, turns
 */
export function runQueueMs(pid: number | undefined): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + waited(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e6;
  } catch {
    return 0;
  }
}

/** Nanoseconds; 0 for a thread that has ended. */
function waited(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ")[1] ?? 0);
  } catch {
    return 0;
  }
}
