// The memory in use by a process.

import { readFileSync } from "node:fs";

/**
 * Resident set size of a process in bytes; `undefined` if the process is gone or the system is not Linux, where one
 * small read would not tell. There, the process's own check after each call and V8's heap limit remain.
 */
export function residentBytes(pid: number | undefined): number | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
