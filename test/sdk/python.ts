// A Python interpreter with the SageMaker SDK, in a virtual environment that is kept in the user's cache, because it
// takes a minute to install.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { findPython } from "../../local/training/jobs/python";
import { orSkip } from "../training/python";

const run = promisify(execFile);
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "model-serving-training");

/** Path of the interpreter; skips the tests if there is no suitable Python. */
export async function sdkPython(context: Context): Promise<string> {
  return orSkip(context, async () => {
    const { command, version } = await findPython();
    const requirements = join(__dirname, "requirements.txt");
    const id = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
    const place = join(cache, `sdk-${version}-${id}`);
    const python = join(place, "bin/python");
    if (existsSync(join(place, "complete"))) return python;
    rmSync(place, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    await run(command, ["-m", "venv", place]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    writeFileSync(join(place, "complete"), "");
    return python;
  });
}
