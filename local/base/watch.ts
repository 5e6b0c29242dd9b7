// Watches the source folders whose changes a run applies without a restart.

import { type FSWatcher, watch } from "node:fs";

/** Milliseconds of quiet before a change is applied: editors and copies of large models write in several steps. */
const quiet = 300;

/**
 * Calls back once the folders have been quiet after a change; calls never overlap.
 * @param tell receives a sentence if a folder can no longer be watched
 * @returns a function that stops watching
 */
export function watchFolders(
  folders: readonly string[],
  changed: () => Promise<void>,
  tell: (line: string) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const touch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(changed);
    }, quiet);
  };
  const watchers = folders.map((folder): FSWatcher => {
    const watcher = watch(folder, { recursive: true, persistent: false }, touch);
    watcher.on("error", ({ message }: Error) => {
      watcher.close();
      tell(`${folder} is no longer watched, so a change there needs a restart: ${message}`);
    });
    return watcher;
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
