// Writes the entries of an archive into a folder named by their digest, so that the same content is written only once.
//
// The project's files are copied, not linked: overwriting a model must not change what a running function sees, a
// handler that writes to its own code must not change the project, and a linked module would resolve packages from the
// project's folder, not from where Lambda would look. The folders share the copies by hard links.

import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  constants,
} from "node:fs";
import { chmod, writeFile, copyFile, link, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entries, Entry } from "./entries";

/** Folders that no run has used for this long, in milliseconds, are removed. */
const unusedMs = 30 * 24 * 3600 * 1000;

/**
 * @param directory parent of the folders
 * @returns path of the folder with these entries
 * @throws Error if a file cannot be read, or changes while it is copied
 */
export async function folderOf(entries: Entries, directory: string): Promise<string> {
  const digest = digestOf(entries);
  const folder = join(directory, digest);
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  // Another run may be writing the same folder: each writes its own, and the first to rename it wins.
  const unfinished = `${folder}.${randomUUID()}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    for (const [path, entry] of entries) await write(join(unfinished, path), entry, storeOf(directory));
    if (digestOf(entries) !== digest) throw new Error("The code changed while it was copied.");
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Removes the folders that no run has used for 30 days, and the copies that only they shared. */
export function removeUnused(directory: string, now: number): void {
  for (const name of existsSync(directory) ? readdirSync(directory) : []) {
    const at = join(directory, name);
    const used = statSync(at, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - used > unusedMs) rmSync(at, { recursive: true, force: true });
  }
  removeUnlinked(storeOf(directory), now);
}

/** Folder of the copies that the folders of a directory share. */
function storeOf(directory: string): string {
  return join(dirname(directory), "files");
}

/** Files count by identity, size and times, not by content: models may be huge, and the function verifies them. */
function digestOf(entries: Entries): string {
  const hash = createHash("sha256");
  for (const path of [...entries.keys()].sort()) hash.update(JSON.stringify([path, ...identity(entries.get(path)!)]));
  return hash.digest("hex").slice(0, 32);
}

function identity(entry: Entry): string[] {
  if ("text" in entry) return ["text", entry.text];
  if ("link" in entry) return ["link", entry.link];
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(entry.file, { bigint: true });
  return ["file", ...[dev, ino, size, mtimeNs, ctimeNs].map(String)];
}

async function write(path: string, entry: Entry, store: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  if ("link" in entry) {
    symlinkSync(entry.link, path);
    return;
  }
  if ("file" in entry) return putFile(entry.file, identity(entry), store, path);
  await writeFile(path, entry.text);
  await chmod(path, 0o444); // Lambda's code is read-only.
}

// One copy of each file that functions run with, shared by all folders through hard links: when a model changes, the
// native library beside it is not copied again.

/** Milliseconds that an unlinked copy is kept: a run that is starting may be about to link it. */
const unlinkedMs = 24 * 3600 * 1000;

/**
 * Links the shared copy of a file to a path, making the copy if there is none.
 * @param identity changes whenever the file does
 * @param store folder of the copies, on the same file system as `path`
 */
async function putFile(file: string, identity: readonly string[], store: string, path: string): Promise<void> {
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
function removeUnlinked(store: string, now: number): void {
  for (const name of existsSync(store) ? readdirSync(store) : []) {
    const at = join(store, name);
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat !== undefined && stat.nlink === 1 && now - stat.ctimeMs > unlinkedMs) rmSync(at, { force: true });
  }
}
