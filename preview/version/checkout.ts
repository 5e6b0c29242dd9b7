// Copies a version's files (of a commit, or the working files) into a folder of its own. A commit's files are read as they are
// stored: an archive or a checkout would obey the version's own .gitattributes, which can leave files out or change them. Of Git LFS it
// takes what is here already: the version's own .lfsconfig could name any server to fetch from.

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { gitPrints, VersionError } from "./git";

interface Entry {
  readonly mode: string;
  readonly hash: string;
  readonly path: string;
}

interface Link {
  readonly path: string;
  readonly target: string;
}

const symbolicLink = "120000";
const submodule = "160000";

/** Copies the files of a commit; without submodules. @throws VersionError if git fails, or a file cannot be written */
export function checkoutCommit(repository: string, commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const entries = entriesOf(repository, commit).filter(({ mode }) => mode !== submodule);
  const contents = contentsOf(repository, entries);
  const objects = lfsObjects(repository);
  const links: Link[] = [];
  entries.forEach(({ mode, path }, index) => {
    const content = fromLfs(contents[index]!, objects);
    // git checks paths when it makes a commit, not when it fetches one.
    if (path.split("/").some((part) => ["", ".", "..", ".git"].includes(part)))
      throw new VersionError(`a bad path: ${path}`);
    if (mode === symbolicLink) return void links.push({ path, target: content.toString("utf8") });
    try {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flag: "wx", mode: mode === "100755" ? 0o755 : 0o644 });
    } catch (error) {
      throw new VersionError(`${path} of ${commit} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
    }
  });
  checkoutLinks(links, folder);
}

/** Copies the repository's working files, tracked and untracked; not those that git ignores. @throws VersionError if git fails */
export function checkoutFiles(repository: string, folder: string): void {
  const links: Link[] = [];
  const listed = gitPrints(repository, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).toString(
    "utf8",
  );
  for (const file of new Set(listed.split("\0").filter((name) => name !== ""))) {
    const [from, to] = [join(repository, file), join(folder, file)];
    const found = lstatSync(from, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) links.push({ path: file, target: readlinkSync(from) });
    if (!found?.isFile()) continue; // Deleted, or not a regular file.
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  checkoutLinks(links, folder);
}

function entriesOf(repository: string, commit: string): Entry[] {
  const listed = gitPrints(repository, ["ls-tree", "-r", "-z", "--full-tree", commit]).toString("utf8");
  return listed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mode, hash, path] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line)!;
      return { mode: mode!, hash: hash!, path: path! };
    });
}

/** The contents in the entries' order. For each, git prints `<hash> blob <size>`, the content, and a line break. */
function contentsOf(repository: string, entries: readonly Entry[]): Buffer[] {
  const asked = entries.map(({ hash }) => `${hash}\n`).join("");
  const printed = gitPrints(repository, ["cat-file", "--batch"], asked);
  let at = 0;
  return entries.map(({ hash, path }) => {
    const end = printed.indexOf("\n", at);
    const [, size] = /^\w+ blob (\d+)$/.exec(printed.toString("utf8", at, end)) ?? [];
    if (size === undefined) throw new VersionError(`git has no content of ${path} (${hash})`);
    at = end + 1 + Number(size) + 1;
    return printed.subarray(end + 1, at - 1);
  });
}

/** Where Git LFS keeps the files that it has fetched. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md (Intercepting Git) */
function lfsObjects(repository: string): string {
  const folder = gitPrints(repository, ["rev-parse", "--git-common-dir"]).toString("utf8").trim();
  return join(resolve(repository, folder), "lfs/objects");
}

/** The file that a Git LFS pointer stands for; where it was not fetched, the pointer, which the program refuses with a reason. */
function fromLfs(content: Buffer, objects: string): Buffer {
  if (content.length >= 1024) return content;
  const [, id] =
    /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/.exec(
      content.toString("latin1"),
    ) ?? [];
  if (id === undefined) return content;
  const file = join(objects, id.slice(0, 2), id.slice(2, 4), id);
  return existsSync(file) ? readFileSync(file) : content;
}

/** After all files, so that nothing is written through a link. One that leads nowhere, or out of the folder, is left out. */
function checkoutLinks(links: readonly Link[], folder: string): void {
  if (links.length === 0) return;
  const made = links.filter(({ path, target }) => {
    const place = join(folder, path);
    if (existsSync(place)) return false;
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
    return true;
  });
  // `native`: the other one folds `link/..` as text before it follows the link.
  const root = realpathSync.native(folder);
  const inside = (path: string) => existsSync(path) && realpathSync.native(path).startsWith(root + sep);
  const bad = made.filter(({ path }) => !inside(join(folder, path)));
  for (const { path } of bad) {
    rmSync(join(folder, path));
    process.stderr.write(
      `Left out: ${JSON.stringify(path)} is a symbolic link that does not lead to a file of the project\n`,
    );
  }
}
