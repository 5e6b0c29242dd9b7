// One copy of each file that functions run with, however many folders hold it: a folder takes it by a hard link. A model that
// changes costs its own size, not that of the native library beside it too.

import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { chmod, copyFile, link, rename } from "node:fs/promises";
import { join } from "node:path";

/** A copy that no folder holds is kept this long: a run that is starting may be about to link it. */
const unlinkedMs = 24 * 3600 * 1000;

/**
 * Puts a file at a path: the kept copy, made where there is none.
 * @param identity what tells the file from what it was before a change
 * @param store folder of the copies, in the file system of `path`
 */
export async function putFile(file: string, identity: readonly string[], store: string, path: string): Promise<void> {
  const kept = join(store, createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32));
  for (;;) {
    try {
      return await link(kept, path);
    } catch (error) {
      // Not there, or linked as often as the file system can count: a new copy takes its place.
      if (!["ENOENT", "EMLINK"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
    mkdirSync(store, { recursive: true });
    const unfinished = `${kept}.${randomUUID()}`;
    try {
      await copyFile(file, unfinished, constants.COPYFILE_FICLONE);
      await chmod(unfinished, 0o444); // Lambda's code is read-only.
      await rename(unfinished, kept);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }
}

/** Removes the copies that no folder holds any more. */
export function removeUnlinked(store: string, now: number): void {
  for (const name of existsSync(store) ? readdirSync(store) : []) {
    const at = join(store, name);
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat !== undefined && stat.nlink === 1 && now - stat.ctimeMs > unlinkedMs) rmSync(at, { force: true });
  }
}
