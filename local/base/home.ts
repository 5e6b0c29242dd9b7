// The files that the local run keeps on this machine, in `.local`.

import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Home {
  /** Certificates and keys of the local authority. */
  readonly authority: string;
  /** Code and layers of the functions. */
  readonly work: string;
  readonly logs: string;
  /** Files that tell other commands how to reach a running `npm start`. */
  readonly runs: string;
  /** Data of the local stand-ins for AWS services: objects and model packages, one folder per stack. */
  readonly cloud: string;
  /** What loading a model took, by its digest. */
  readonly models: string;
  /** Lambda's Node.js, by version. */
  readonly node: string;
  /** Python virtual environments and downloaded wheels. */
  readonly python: string;
  /** 32 random bytes. Credentials derive from them, so that they survive a restart and cannot be guessed. */
  readonly seed: Buffer;
}

/**
 * Opens the folder, to which only its owner has access, and creates what is missing. Several runs may share it.
 * @throws Error if the seed is damaged
 */
export function openHome(root: string): Home {
  const folder = join(root, ".local");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // It may have been made with access for others.
  return {
    authority: join(folder, "authority"),
    work: join(folder, "work"),
    logs: join(folder, "logs"),
    runs: join(folder, "runs"),
    cloud: join(folder, "cloud"),
    models: join(folder, "models"),
    node: join(folder, "node"),
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
    linkSync(draft, file); // If two first runs race, one wins.
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
