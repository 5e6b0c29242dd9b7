// What must not stay behind when a preview is interrupted: its folders, and the processes that it started.

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const pending = new Set<() => void>();

/** Does something if the process is interrupted, the newest first. @returns a function that forgets it */
export function ifInterrupted(action: () => void): () => void {
  if (pending.size === 0) for (const signal of signals) process.on(signal, interrupted);
  pending.add(action);
  return () => {
    pending.delete(action);
    if (pending.size === 0) for (const signal of signals) process.off(signal, interrupted);
  };
}

function interrupted(signal: NodeJS.Signals): void {
  for (const action of [...pending].reverse()) action();
  for (const each of signals) process.off(each, interrupted);
  process.kill(process.pid, signal);
}

/** Ends a process that leads a group (`detached`), and what it started; nothing if all of it has ended. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}
