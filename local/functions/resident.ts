// How much memory a process holds.

import { readFileSync } from "node:fs";

/**
 * Resident bytes of a process, or `undefined` where that is not to be had for the price of one small read: not Linux, or the process
 * is gone. Elsewhere the process's own check after each call, and V8's heap limit during it, remain.
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
