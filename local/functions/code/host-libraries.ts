// Replaces the native libraries of a function's layers with those for this machine.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Unenforceable } from "../../base/unenforceable";
import type { Entries } from "./entries";

/** This machine, as `process.platform` and `process.arch` name it. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
}

const modules = "nodejs/node_modules/";

/**
 * Replaces each native package (`nodejs/node_modules/<package>` containing a `.node` file) by a link to the project's
 * package of that name, which contains the library for this machine.
 *
 * A layer contains the library for Amazon Linux on the function's architecture, which other systems cannot load. On
 * Linux with that architecture nothing is replaced: what is deployed is what runs. Elsewhere the linked package
 * resolves its dependencies in the project, so one that is missing in the layer goes unnoticed.
 * @param architecture the function's: `x86_64` or `arm64`
 * @throws Unenforceable if the project has no package for this machine
 */
export function forHost(
  entries: Entries,
  architecture: string,
  host: Host,
  projectRoot: string,
  resource: string,
): Entries {
  const arch = architecture === "arm64" ? "arm64" : "x64";
  if (host.platform === "linux" && host.arch === arch) return entries;
  const native = new Set<string>();
  for (const path of entries.keys()) {
    if (!path.endsWith(".node")) continue;
    const name = path.startsWith(modules) ? /^(?:@[^/]+\/)?[^/]+/.exec(path.slice(modules.length))?.[0] : undefined;
    if (name === undefined || !existsSync(join(projectRoot, "node_modules", name, "package.json"))) {
      throw new Unenforceable(
        resource,
        `its native library is for linux-${arch}, and this machine (${host.platform}-${host.arch}) has no counterpart`,
      );
    }
    native.add(name);
  }
  const local: Entries = new Map();
  for (const [path, entry] of entries) {
    if (![...native].some((name) => path.startsWith(`${modules}${name}/`))) local.set(path, entry);
  }
  for (const name of native) local.set(modules + name, { link: join(projectRoot, "node_modules", name) });
  return local;
}
