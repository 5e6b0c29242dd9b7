// Which commits are compared, and what a version's folder needs before it can be evaluated.

import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { endGroup, ifInterrupted } from "./interrupt";
import { git, gitPrints, VersionError } from "./git";

/** The code that evaluates and judges a version; copied beside the version's own files. */
const rulers = ["access-matrix", "graph", "policy", "preview", "contract.ts"];
/** Folder inside a version's folder that receives them. */
export const rulerFolder = ".preview";

/**
 * The commit that a change is compared with: `asked`, or the merge base of HEAD and the main branch.
 * @returns the full commit hash
 * @throws VersionError if there is no such commit
 */
export function baseCommit(repository: string, asked: string | undefined): string {
  if (asked !== undefined) return commitOf(repository, asked, "--base");
  gitPrints(repository, ["rev-parse", "--git-dir"]); // If git refuses the whole repository, its reason is the one to tell.
  for (const main of ["origin/HEAD", "origin/main", "main"]) {
    const { ok, printed } = git(repository, ["merge-base", main, "HEAD"]);
    if (ok) return String(printed).trim();
  }
  throw new VersionError("no main branch (origin/HEAD, origin/main, main) to compare with: name a commit with --base");
}

/**
 * @param option where the name comes from
 * @returns the full commit hash of a branch, tag or hash
 * @throws VersionError if there is no such commit
 */
export function commitOf(repository: string, name: string, option: string): string {
  if (name.trim() === "") throw new VersionError(`${option}: name a commit, branch or tag`);
  // `--end-of-options`: a name that begins with a dash must not be read as an option.
  const { ok, printed, complaint } = git(repository, [
    ...["rev-parse", "--verify", "--quiet", "--end-of-options"],
    `${name}^{commit}`,
  ]);
  if (ok) return String(printed).trim();
  const why = complaint === "" ? "a shallow clone lacks it (git fetch --unshallow)" : complaint;
  throw new VersionError(`no commit ${name}: ${why}`);
}

/**
 * Adds to a version's folder what its evaluation needs: npm packages, and the code that judges it.
 * @param tool project that runs the preview; its `node_modules` are linked if both lock files are equal
 * @throws VersionError if the packages cannot be installed
 */
export async function equip(folder: string, tool: string): Promise<void> {
  // Nothing of the version may stand among what judges it, nor in place of the packages.
  for (const name of [rulerFolder, "node_modules"]) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of rulers) {
    if (existsSync(join(tool, name))) cpSync(join(tool, name), join(folder, rulerFolder, name), { recursive: true });
  }
  if (lockOf(folder) === lockOf(tool)) {
    symlinkSync(join(tool, "node_modules"), join(folder, "node_modules"));
    return;
  }
  process.stderr.write("The versions have different packages: installing the other ones …\n");
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawn("npm", args, { cwd: folder, stdio: ["ignore", 2, 2], env: npmEnvironment(), detached: true });
  const forget = ifInterrupted(() => endGroup(npm.pid));
  const status = await new Promise((done) => npm.on("error", done).on("close", done));
  forget();
  if (status !== 0) throw new VersionError("npm ci failed: its reason is above");
}

/**
 * Only the variables that npm needs to reach the registry: the `.npmrc` of a version under review can refer to any variable
 * (`${NAME}`), and so send its value to any host.
 * Source: https://docs.npmjs.com/cli/configuring-npm/npmrc (environment variables)
 */
function npmEnvironment(): NodeJS.ProcessEnv {
  const needed =
    /^(PATH|HOME|TMPDIR|(HTTPS?|NO)_PROXY|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache|userconfig|cafile|proxy|https_proxy|noproxy))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.test(name)));
}

function lockOf(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
