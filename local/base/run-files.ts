// The files by which another command finds a running `npm start` and its credentials: one for each process and purpose, that
// only their owner can read. They are removed when the run ends.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who reads the file: `npm run rotate` or `npm run verify`. */
export type RunFilePurpose = "rotate" | "verify";

/**
 * @param folder of the files, `Home.runs`
 * @param content JSON
 * @returns a function that removes the file
 */
export function writeRunFile(folder: string, purpose: RunFilePurpose, content: object): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${process.pid}.${purpose}.json`);
  rmSync(file, { force: true }); // A file left by an earlier process with this pid could have a wider mode.
  writeFileSync(file, JSON.stringify({ ...content, pid: process.pid }), { mode: 0o600, flag: "wx" });
  return () => rmSync(file, { force: true });
}

/** The runs whose process is alive; none if the folder does not exist. */
export function readRunFiles<T>(folder: string, purpose: RunFilePurpose): (T & { readonly pid: number })[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => /^\d+\.\w+\.json$/.test(name) && name.endsWith(`.${purpose}.json`));
  } catch {
    return [];
  }
  return files
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as T & { readonly pid: number })
    .filter(({ pid }) => isAlive(pid));
}

/** Whether there is a process of this id, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
