// Versions of the project as folders of their own: a commit, or the files as they lie here. Nothing of git is changed.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** What measures a version; laid beside its files. */
const rulers = ["access-matrix", "graph", "policy", "preview", "contract.ts"];
/** Folder in a version's folder that they are laid into. */
export const rulerFolder = ".preview";

/** What is wrong with the repository or the names given; its message is all that is shown. */
export class VersionError extends Error {}

/**
 * The commit that a change is compared with: `asked`, or where HEAD left the main branch.
 * @returns its hash
 * @throws VersionError where there is no such commit
 */
export function baseCommit(repository: string, asked: string | undefined): string {
  if (asked !== undefined) return commitOf(repository, asked);
  for (const main of ["origin/HEAD", "origin/main", "main"]) {
    const base = git(repository, "merge-base", main, "HEAD");
    if (base !== undefined) return base;
  }
  throw new VersionError("no main branch (origin/HEAD, origin/main, main) to compare with: name a commit with --base");
}

/** @throws VersionError where there is no such commit */
export function commitOf(repository: string, name: string): string {
  // `--end-of-options`: a name that begins with a dash is a name.
  const commit = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  if (commit === undefined)
    throw new VersionError(`no commit ${name}: a shallow clone lacks it (git fetch --unshallow)`);
  return commit;
}

/** Lays the files of a commit into a folder. @throws VersionError where git fails */
export function layCommit(repository: string, commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = spawnSync("git", ["archive", "--format=tar", commit], { cwd: repository, maxBuffer: 2 ** 30 });
  if (archive.status !== 0) throw new VersionError(`git archive ${commit} failed: ${String(archive.stderr)}`);
  const unpacked = spawnSync("tar", ["-x", "-f", "-"], { cwd: folder, input: archive.stdout });
  if (unpacked.status !== 0) throw new VersionError(`tar failed: ${String(unpacked.stderr)}`);
}

/** Lays the files as they lie in the repository's folder into another, without those that git ignores. */
export function layFiles(repository: string, folder: string): void {
  const listed = git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard") ?? "";
  for (const file of new Set(listed.split("\0").filter((name) => name !== ""))) {
    const [from, to] = [join(repository, file), join(folder, file)];
    if (!existsSync(from) || !lstatSync(from).isFile()) continue; // Deleted, or no file.
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/**
 * Puts what a version needs to be evaluated beside it: its packages, and the rules it is measured by.
 * @throws VersionError where its packages cannot be installed
 */
export async function equip(folder: string, tool: string): Promise<void> {
  for (const name of rulers) {
    if (existsSync(join(tool, name))) cpSync(join(tool, name), join(folder, rulerFolder, name), { recursive: true });
  }
  if (lockOf(folder) === lockOf(tool)) {
    symlinkSync(join(tool, "node_modules"), join(folder, "node_modules"));
    return;
  }
  process.stderr.write("The versions have different packages: installing the other ones …\n");
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawn("npm", args, { cwd: folder, stdio: ["ignore", 2, 2], env: npmEnvironment() });
  const status = await new Promise((done) => npm.on("error", done).on("close", done));
  if (status !== 0) throw new VersionError("npm ci failed: its reason is above");
}

/**
 * What npm needs to reach the registry, and nothing else: a version's `.npmrc` can name any variable (`${NAME}`) and put its value
 * into a request to any host.
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

/** What git prints, trimmed; undefined where it fails. */
function git(repository: string, ...args: readonly string[]): string | undefined {
  try {
    const printed = execFileSync("git", args, {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 26,
    });
    return printed.trim() || undefined;
  } catch {
    return undefined;
  }
}
