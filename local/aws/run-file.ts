// Where a local run can be reached by `npm run rotate`: a file that its owner alone reads, gone when the run ends.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RunFile {
  readonly pid: number;
  readonly stack: string;
  /** Of the stand-ins of AWS's services. */
  readonly endpoint: string;
  /** Path of the certificate to trust. */
  readonly ca: string;
  /** Of the secret, and of the API. */
  readonly region: string;
  readonly apiRegion: string;
  /** Those that rotate, by client; under the empty name the one of nobody in particular. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly functionName: string;
  /** The operator's. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** @returns what removes it */
export function writeRunFile(folder: string, run: RunFile): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${run.pid}.json`);
  rmSync(file, { force: true }); // Of a process that had the same id: its mode might be another.
  writeFileSync(file, JSON.stringify(run), { mode: 0o600, flag: "wx" });
  return () => rmSync(file, { force: true });
}

/** Runs that are alive. */
export function readRunFiles(folder: string): RunFile[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
  return files
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as RunFile)
    .filter(({ pid }) => alive(pid));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
