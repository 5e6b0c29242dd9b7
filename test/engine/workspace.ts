// Copies the project into a folder of its own, so that a test can change code and settings. `node_modules` is linked.

import { cpSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";

/** Top-level folders that are not copied: the program does not read them, or they are linked. */
const left = new Set(["node_modules", ".git", ".local", "test", "docs", "bench"]);

export function copyProject(root: string, folder: string): void {
  cpSync(root, folder, { recursive: true, filter: (source) => !left.has(relative(root, source)) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}
