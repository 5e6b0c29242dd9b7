// One copy of each file that functions run with, shared by all folders through hard links: when a model changes, the
// native library beside it is not copied again.

import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { chmod, copyFile, link, rename } from "node:fs/promises";
import { join } from "node:path";

/** Milliseconds that an unlinked copy is kept: a run that is starting may be about to link it. */
const unlinkedMs = 24 * 3600 * 1000;

/**
 * Links the shared copy of a file to a path, making the copy if there is none.
 * @param identity changes whenever the file does
 * @param store folder of the copies, on the same file system as `path`
 */
export async function putFile(file: string, identity: readonly string[], store: string, path: string): Promise<void> {
  const kept = join(store, createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32));
  for (;;) {
    try {
      return await link(kept, path);
    } catch (error) {
      // Missing, or linked as often as the file system allows: make a new copy.
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

/** Removes the copies that no folder links any more. */
export function removeUnlinked(store: string, now: number): void {
  for (const name of existsSync(store) ? readdirSync(store) : []) {
    const at = join(store, name);
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat !== undefined && stat.nlink === 1 && now - stat.ctimeMs > unlinkedMs) rmSync(at, { force: true });
  }
}
