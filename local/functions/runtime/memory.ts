// Memory limits of a function's process, shared by the process, which checks itself, and the gateway, which watches it.

import { readFileSync } from "node:fs";

/**
 * Bytes that a local process may hold above the function's memory size. Lambda counts the whole environment against
 * that size; here the resident set size also includes pages of Node that processes share (about 45 MB) and the slack of
 * another allocator. Without the allowance, a function that fits on Lambda could be killed here.
 */
const allowance = 64 * 1024 * 1024;

/** Largest resident set size of a function's process, in bytes. @param memorySize the function's memory size in MB */
export function residentLimit(memorySize: number): number {
  return memorySize * 1024 * 1024 + allowance;
}

/** V8's heap limit in MB: 90 % of the memory size, as Lambda's bootstrap sets it. */
export function heapLimit(memorySize: number): number {
  return Math.floor(memorySize * 0.9);
}

// The memory in use by a process.

/**
 * Resident set size of a process in bytes; `undefined` if the process is gone or the system is not Linux, where one
 * small read would not tell. There, the process's own check after each invocation and V8's heap limit remain.
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
