// What the local run keeps on this machine, in `.local`: a seed for credentials, the certificate authority, code, logs.

import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Home {
  readonly authority: string;
  /** Code and layers of the functions. */
  readonly work: string;
  readonly logs: string;
  /** Where each run can be reached while it goes on. */
  readonly runs: string;
  /** What local stand-ins of AWS keep: objects and model packages, a folder for each stack. */
  readonly cloud: string;
  /** Virtual environments of Python. */
  readonly python: string;
  /** 32 random bytes: credentials derive from them, so that they survive a restart and nobody guesses them. */
  readonly seed: Buffer;
}

/** Opens the folder, readable by its owner alone; makes what is missing. Several runs may share it. */
export function openHome(root: string): Home {
  const folder = join(root, ".local");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    authority: join(folder, "authority"),
    work: join(folder, "work"),
    logs: join(folder, "logs"),
    runs: join(folder, "runs"),
    cloud: join(folder, "cloud"),
    python: join(folder, "python"),
    seed: keptSeed(join(folder, "seed")),
  };
}

function keptSeed(file: string): Buffer {
  const draft = `${file}.${process.pid}`;
  try {
    return wholeSeed(readFileSync(file));
  } catch {
    rmSync(draft, { force: true });
    writeFileSync(draft, randomBytes(32), { mode: 0o600, flag: "wx" });
  }
  try {
    linkSync(draft, file); // Of two first runs at once, one wins.
  } catch {
    rmSync(draft, { force: true });
    return wholeSeed(readFileSync(file));
  }
  rmSync(draft, { force: true });
  return readFileSync(file);
}

function wholeSeed(bytes: Buffer): Buffer {
  if (bytes.length < 32)
    throw new Error("the seed of the local credentials is damaged: delete .local/seed and start again");
  return bytes;
}
