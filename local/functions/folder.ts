// Writes what lies in an archive into a folder named by its digest, so that the same content is written once.
//
// Files are copies of the project's, not links to them: a model that is written over while a function runs must not change under
// it, a handler that writes to its own code must not change the project's, and a linked module would resolve its packages from
// where it came from instead of from where Lambda would look. The folders share the copies.

import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entries, Entry } from "./entries";
import { putFile, removeUnlinked } from "./kept-file";

/** Folders that no run used for this long are removed. */
const unusedMs = 30 * 24 * 3600 * 1000;

/**
 * @param directory where the folders lie
 * @returns path of the folder with these entries
 * @throws Error where a file changes while it is copied, or cannot be read
 */
export async function folderOf(entries: Entries, directory: string): Promise<string> {
  const digest = digestOf(entries);
  const folder = join(directory, digest);
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  // Another run may be writing the same: each writes its own, the first to rename it wins.
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

/** Removes the folders in a directory that no run used for a month, and the copies that were only theirs. */
export function removeUnused(directory: string, now: number): void {
  for (const name of existsSync(directory) ? readdirSync(directory) : []) {
    const at = join(directory, name);
    const used = statSync(at, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - used > unusedMs) rmSync(at, { recursive: true, force: true });
  }
  removeUnlinked(storeOf(directory), now);
}

/** Where the copies lie that the folders of a directory share. */
function storeOf(directory: string): string {
  return join(dirname(directory), "files");
}

/** Files count by identity, size and times, not by content: a model may have gigabytes, and the function checks its digest anyway. */
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
