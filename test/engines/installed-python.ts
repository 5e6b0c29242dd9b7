// A Python interpreter with a list of packages, in a virtual environment that is kept in the user's cache, because it takes
// minutes to install.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPython, NoPackages } from "../../local/training/jobs/python";

const run = promisify(execFile);

/**
 * @param name of the folder in the cache
 * @param what the packages are, for the message of NoPackages
 * @returns path of the interpreter
 * @throws NoPython, NoPackages
 */
export async function installedPython(name: string, requirements: string, what: string): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), name);
  const { command, version } = await findPython();
  const id = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const place = join(cache, `${version}-${id}`);
  const python = join(place, "bin/python");
  if (existsSync(join(place, "complete"))) return python;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run(command, ["-m", "venv", place]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
  await run(python, [...pip, "-r", requirements]).catch((error: { stderr?: string }) => {
    const reason = (error.stderr ?? "").trim().split("\n").at(-1) ?? "";
    throw new NoPackages(`${what} could not be installed: ${reason}`);
  });
  writeFileSync(join(place, "complete"), "");
  return python;
}
