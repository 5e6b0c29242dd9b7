// Copies versions of the project (a commit, or the working files) into folders of their own. The git repository and its
// working tree are only read.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** The code that evaluates and judges a version; copied beside the version's own files. */
const rulers = ["access-matrix", "graph", "policy", "preview", "contract.ts"];
/** Folder inside a version's folder that receives them. */
export const rulerFolder = ".preview";

/** A fault of the repository or of a given commit name; only its message is shown to the user. */
export class VersionError extends Error {}

/**
 * The commit that a change is compared with: `asked`, or the merge base of HEAD and the main branch.
 * @returns the full commit hash
 * @throws VersionError if there is no such commit
 */
export function baseCommit(repository: string, asked: string | undefined): string {
  if (asked !== undefined) return commitOf(repository, asked);
  for (const main of ["origin/HEAD", "origin/main", "main"]) {
    const base = git(repository, "merge-base", main, "HEAD");
    if (base !== undefined) return base;
  }
  throw new VersionError("no main branch (origin/HEAD, origin/main, main) to compare with: name a commit with --base");
}

/** @returns the full commit hash of a branch, tag or hash. @throws VersionError if there is no such commit */
export function commitOf(repository: string, name: string): string {
  // `--end-of-options`: a name that begins with a dash must not be read as an option.
  const commit = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  if (commit === undefined)
    throw new VersionError(`no commit ${name}: a shallow clone lacks it (git fetch --unshallow)`);
  return commit;
}

/** Copies the files of a commit into a folder. @throws VersionError if git or tar fails */
export function layCommit(repository: string, commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = spawnSync("git", ["archive", "--format=tar", commit], { cwd: repository, maxBuffer: 2 ** 30 });
  if (archive.status !== 0) throw new VersionError(`git archive ${commit} failed: ${String(archive.stderr)}`);
  const unpacked = spawnSync("tar", ["-x", "-f", "-"], { cwd: folder, input: archive.stdout });
  if (unpacked.status !== 0) throw new VersionError(`tar failed: ${String(unpacked.stderr)}`);
}

/** Copies the repository's working files, tracked and untracked, into a folder; not those that git ignores. */
export function layFiles(repository: string, folder: string): void {
  const listed = git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard") ?? "";
  for (const file of new Set(listed.split("\0").filter((name) => name !== ""))) {
    const [from, to] = [join(repository, file), join(folder, file)];
    if (!existsSync(from) || !lstatSync(from).isFile()) continue; // Deleted, or not a regular file.
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/**
 * Adds to a version's folder what its evaluation needs: npm packages, and the code that judges it.
 * @param tool project that runs the preview; its `node_modules` are linked if both lock files are equal
 * @throws VersionError if the packages cannot be installed
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

/** Output of git, trimmed; `undefined` if it fails or prints nothing. */
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
