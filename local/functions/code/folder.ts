// Writes the entries of an archive into a folder named by their digest, so that the same content is written only once.
//
// The project's files are copied, not linked: overwriting a model must not change what a running function sees, a
// handler that writes to its own code must not change the project, and a linked module would resolve packages from the
// project's folder, not from where Lambda would look. The folders share the copies by hard links.

import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entries, Entry } from "./entries";
import { putFile, removeUnlinked } from "./kept-file";

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
