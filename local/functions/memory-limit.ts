// How much memory a function's process may hold, shared by the process, which checks itself, and the gateway, which watches it.

/**
 * What a process on this machine may hold above the function's memory size, in bytes. Lambda counts the whole environment against
 * the size, in a runtime made for it; the resident size of a process here also counts pages of Node itself that it shares
 * with others (about 45 MB) and another allocator's slack. Without the allowance a function that fits on Lambda could be killed here.
 */
const allowance = 64 * 1024 * 1024;

/** Most resident bytes of a function's process. @param memorySize the function's memory size in MB */
export function residentLimit(memorySize: number): number {
  return memorySize * 1024 * 1024 + allowance;
}

/** V8's heap limit in MB: 90 % of the memory size, as Lambda's own bootstrap sets it. */
export function heapLimit(memorySize: number): number {
  return Math.floor(memorySize * 0.9);
}
