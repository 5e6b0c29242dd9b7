// Where the real engine is: the `pulumi` on PATH, or the one that get-engine.sh built into the user's cache.

import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const programs = ["pulumi", "pulumi-language-nodejs"];

/**
 * The folder that holds the CLI and its Node host.
 * @throws Error saying how to get them where there are none.
 */
export function engineFolder(): string {
  const onPath = (process.env.PATH ?? "").split(delimiter).find((folder) => folder !== "" && holdsEngine(folder));
  const found = onPath ?? cached();
  if (found === undefined) {
    throw new Error(
      "no Pulumi CLI found: install it (https://www.pulumi.com/docs/install), or run test/engine/get-engine.sh",
    );
  }
  return found;
}

function cached(): string | undefined {
  const root = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "model-serving-engine");
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
