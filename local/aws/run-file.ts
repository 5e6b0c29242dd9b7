// The file by which `npm run rotate` finds a local run and its credentials: only its owner can read it, and it is
// removed when the run ends.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RunFile {
  readonly pid: number;
  readonly stack: string;
  /** URL of the local stand-ins for AWS services. */
  readonly endpoint: string;
  /** Path of the certificate to trust. */
  readonly ca: string;
  /** Region of the secrets. */
  readonly region: string;
  /** Region of the API. */
  readonly apiRegion: string;
  /** ARNs of the secrets that rotate, by client name; the shared secret is under the empty name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly functionName: string;
  /** Credentials of the operator. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** @returns a function that removes the file */
export function writeRunFile(folder: string, run: RunFile): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${run.pid}.json`);
  rmSync(file, { force: true }); // A file left by an earlier process with this pid could have a wider mode.
  writeFileSync(file, JSON.stringify(run), { mode: 0o600, flag: "wx" });
  return () => rmSync(file, { force: true });
}

/** The runs whose process is alive; none if the folder does not exist. */
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
