// A copy of the project in a folder of its own, so that a test may change code and settings. Packages are shared.

import { cpSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";

/** Folders at the top that the program does not read, or that are shared. */
const left = new Set(["node_modules", ".git", ".local", "test", "docs", "bench"]);

export function copyProject(root: string, folder: string): void {
  cpSync(root, folder, { recursive: true, filter: (source) => !left.has(relative(root, source)) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}
