// Finds the real engine: the `pulumi` on PATH, or the one that get-engine.sh built into the user's cache.

import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const programs = ["pulumi", "pulumi-language-nodejs"];

/**
 * The folder with the Pulumi CLI and its Node.js language host.
 * @throws Error with how to get them, if there are none
 */
export function engineFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const onPath = (environment.PATH ?? "").split(delimiter).find((folder) => folder !== "" && holdsEngine(folder));
  const found = onPath ?? cached(environment);
  if (found === undefined) {
    throw new Error(
      "no Pulumi CLI found: install it (https://www.pulumi.com/docs/install), or run test/engine/get-engine.sh",
    );
  }
  return found;
}

function cached(environment: NodeJS.ProcessEnv): string | undefined {
  const root = join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "model-serving-engine");
  try {
    const folders = readdirSync(root).map((version) => join(root, version, "bin"));
    return folders.find(holdsEngine);
  } catch {
    return undefined; // no such cache
  }
}

function holdsEngine(folder: string): boolean {
  return programs.every((program) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
