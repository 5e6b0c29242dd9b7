// Triton's repository as a folder of this machine, one for each start of an engine. Models are linked, not copied, since they may have
// gigabytes; so a file that is overwritten in place changes under a running engine, one that is replaced (as git and exporters
// do it) does not.

import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import { isAlive } from "../base/run-files";
import type { StoredFile } from "./declared-endpoint";

/**
 * @param parent folder that runs share
 * @returns its path; whoever asked for it removes it
 * @throws Error if a file cannot be read
 */
export function repositoryFolder(files: ReadonlyMap<string, StoredFile>, parent: string): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(parent, `${process.pid}-`));
  for (const [path, file] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if ("text" in file) writeFileSync(target, file.text);
    else if ("base64" in file) writeFileSync(target, Buffer.from(file.base64, "base64"));
    else linkOrCopy(file.path, target);
  }
  return folder;
}

/** A file on another file system cannot be linked. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

/** Removes the folders of runs that were ended without a chance to do it. */
export function removeAbandoned(parent: string): void {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(parent)) {
    const pid = Number(name.split("-")[0]);
    if (!isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
