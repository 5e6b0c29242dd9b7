// Watches the sources that a run takes up without a restart.

import { type FSWatcher, watch } from "node:fs";

/** Milliseconds of quiet after a change: an editor, or a copy of a large model, writes in several steps. */
const quiet = 300;

/** Calls back once the folders have been quiet after a change; one call at a time. @returns what ends the watching */
export function watchFolders(folders: readonly string[], changed: () => Promise<void>): () => void {
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
    watcher.on("error", () => watcher.close());
    return watcher;
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
