// Installs the simulated providers where the engine looks for them: executables `pulumi-resource-<package>` on PATH.

import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const packages = ["aws", "gcp", "auth0", "awsx"];

/**
 * Bundles the provider into one file, for a fast start (the engine starts a process for each package and waits for it), and
 * links it under the name of each package.
 */
export async function installPlugins(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, "provider.js");
  await build({
    entryPoints: [join(__dirname, "provider/main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    banner: { js: `#!${process.execPath}` },
    logLevel: "error",
  });
  chmodSync(bundle, 0o755);
  for (const name of packages) symlinkSync(bundle, join(folder, `pulumi-resource-${name}`));
}
