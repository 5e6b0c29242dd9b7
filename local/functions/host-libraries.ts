// Native libraries of a function's layers, on this machine.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Unenforceable } from "../gateway/unenforceable";
import type { Entries } from "./entries";

/** This machine, as `process.platform` and `process.arch` name it. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
}

const modules = "nodejs/node_modules/";

/**
 * The entries with each native package (`nodejs/node_modules/<package>` with a `.node` file in it) replaced by a link to the project's own
 * package of that name, which holds the library for this machine.
 *
 * What differs from Lambda, and why: a layer holds the library for Amazon Linux on the function's architecture, and other systems cannot load it.
 * On Linux with that architecture nothing is replaced, so that what is deployed is what runs. Elsewhere the linked package also
 * finds its own dependencies in the project, so a layer that lacks one would not be noticed there.
 * @param architecture the function's: `x86_64` or `arm64`
 * @throws Unenforceable where native code has no counterpart on this machine
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
