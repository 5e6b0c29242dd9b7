// Python for the pipeline's steps: this machine's interpreter, in a virtual environment that holds the locked packages.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Versions for which all locked packages have wheels; AWS's scikit-learn image has the first. */
const versions = ["3.10", "3.11", "3.12", "3.13"] as const;
const commands = ["python3", "python", ...[...versions].reverse().map((version) => `python${version}`)];

/** This machine has no Python that can run the steps; the message is one line. */
export class NoPython extends Error {}

/** The steps' packages could not be installed; the message is one line. */
export class NoPackages extends Error {}

export interface Python {
  readonly command: string;
  /** For example `3.11`. */
  readonly version: string;
}

/** The command in `PYTHON` if it is set, else the first suitable one on the path. @throws NoPython */
export async function findPython(): Promise<Python> {
  const configured = process.env["PYTHON"];
  for (const command of configured === undefined || configured === "" ? commands : [configured]) {
    try {
      const { stdout } = await run(command, ["-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]);
      const version = stdout.trim();
      if ((versions as readonly string[]).includes(version)) return { command, version };
    } catch {
      // Not installed, or without the venv module.
    }
  }
  throw new NoPython(
    `No Python ${versions[0]} to ${versions.at(-1)} with venv on this machine: the steps of the training pipeline cannot run here; install one, or name its command with PYTHON=….`,
  );
}

/**
 * Path of the virtual environment's interpreter. The environment for this lock and Python version is created if it does
 * not exist, which takes about half a minute.
 * @param folder parent folder of the environments
 * @param lock path of a requirements file with hashes
 * @param say called before the environment is created
 * @throws NoPython; NoPackages if the packages cannot be installed
 */
export async function openEnvironment(folder: string, lock: string, say: (line: string) => void): Promise<string> {
  const { command, version } = await findPython();
  const id = createHash("sha256").update(version).update(readFileSync(lock)).digest("hex").slice(0, 12);
  const location = join(folder, `${version}-${id}`);
  const python = join(location, "bin", "python");
  if (existsSync(join(location, "complete"))) return python;
  say(`Installing the packages of the steps for Python ${version} (once; about half a minute) …`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A virtual environment contains its own path, so it cannot be moved into place when done: `complete` marks it
  // instead.
  rmSync(location, { recursive: true, force: true });
  try {
    await run(command, ["-m", "venv", location]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
    await run(python, [...pip, "--require-hashes", "-r", lock], { maxBuffer: 16 * 1024 * 1024 });
    await run(python, ["-c", "import onnx, onnxruntime, skl2onnx, sklearn"]);
    const draft = join(location, "complete.draft");
    mkdirSync(draft);
    renameSync(draft, join(location, "complete"));
    return python;
  } catch (error) {
    rmSync(location, { recursive: true, force: true });
    const { stderr = "" } = error as { stderr?: string };
    throw new NoPackages(`the packages of the steps could not be installed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  }
}
