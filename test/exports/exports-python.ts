// A Python interpreter with the packages that docs/models.md exports with, in a virtual environment that is kept in the
// user's cache, because it takes minutes to install.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { findPython, NoPackages } from "../../local/training/jobs/python";
import { orSkip } from "../training/python";

const run = promisify(execFile);
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "model-serving-exports");

/** Path of the interpreter; skips the tests if there is no suitable Python, or its packages cannot be installed. */
export async function exportsPython(context: Context): Promise<string> {
  return orSkip(context, async () => {
    const { command, version } = await findPython();
    const requirements = join(__dirname, "requirements.txt");
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
      throw new NoPackages(`the packages that models are exported with could not be installed: ${reason}`);
    });
    writeFileSync(join(place, "complete"), "");
    return python;
  });
}
