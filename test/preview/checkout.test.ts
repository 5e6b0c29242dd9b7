// How a version's files get into a folder: as they are stored, whatever the version itself asks for.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkoutCommit, checkoutFiles } from "../../preview/version/checkout";
import { prepareVersion, toolFolder } from "../../preview/version/evaluate-version";
import { baseCommit, commitOf } from "../../preview/version/git";
import { VersionError } from "../../preview/version/git";

describe("Preview: the files of a version", () => {
  let folder: string;
  let repository: string;

  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  const commit = () => {
    git("add", "--all");
    git("commit", "--quiet", "--message", "one");
    return git("rev-parse", "HEAD");
  };
  const write = (path: string, text: string, mode = 0o644) => writeFileSync(join(repository, path), text, { mode });
  const laid = (path: string) => readFileSync(join(folder, "laid", path), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lay-"));
    repository = join(folder, "repository");
    mkdirSync(join(repository, "inner"), { recursive: true });
    git("init", "--quiet", "--initial-branch", "main");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are a commit's files in Git LFS where they were fetched, and otherwise the pointers", () => {
    const pointer = (id: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize 7\n`;
    const [here, missing] = ["a1b2".padEnd(64, "0"), "c3d4".padEnd(64, "0")];
    write("here.onnx", pointer(here));
    write("missing.onnx", pointer(missing));
    const hash = commit();
    const objects = join(repository, ".git/lfs/objects/a1/b2");
    mkdirSync(objects, { recursive: true });
    writeFileSync(join(objects, here), "weights");
    checkoutCommit(repository, hash, join(folder, "laid"));
    expect(laid("here.onnx")).to.equal("weights");
    expect(laid("missing.onnx")).to.equal(pointer(missing));
  });

  it("are a commit's as it stores them, whatever its .gitattributes ask for", () => {
    const stored = "$Format:%H$ $Id$\none\r\ntwo\n";
    write(".gitattributes", "hidden export-ignore\nname* export-subst ident\n*.txt eol=crlf\n");
    for (const path of ["hidden", "name", "text.txt"]) write(path, stored);
    write("run", "#!/bin/sh\n", 0o755);
    write('inner/ä \n\t"x"', "odd");
    const hash = commit();
    checkoutCommit(repository, hash, join(folder, "laid"));
    expect(laid("hidden")).to.equal(stored);
    expect(laid("name")).to.equal(stored);
    expect(laid("text.txt")).to.equal(git("cat-file", "blob", `${hash}:text.txt`).concat("\n"));
    expect(laid('inner/ä \n\t"x"')).to.equal("odd");
    expect(lstatSync(join(folder, "laid/run")).mode & 0o111).to.equal(0o111);
  });

  it("have no link that leads out of them, not even by way of another, and nothing is written through one", () => {
    mkdirSync(join(folder, "outside"));
    writeFileSync(join(folder, "outside/secret"), "secret");
    write("file", "here");
    symlinkSync("../file", join(repository, "inner/near"));
    symlinkSync("..", join(repository, "inner/up"));
    symlinkSync("inner/up/../outside/secret", join(repository, "by-way"));
    symlinkSync(join(folder, "outside/secret"), join(repository, "far"));
    symlinkSync("nowhere", join(repository, "dangling"));
    symlinkSync(join(folder, "outside"), join(repository, toolFolder));
    const hash = commit();
    const to = join(folder, "laid");
    for (const lay of [() => checkoutCommit(repository, hash, to), () => checkoutFiles(repository, to)]) {
      lay();
      expect(readFileSync(join(to, "inner/near"), "utf8")).to.equal("here");
      for (const gone of ["by-way", "far", "dangling", toolFolder])
        expect(lstatSync(join(to, gone), { throwIfNoEntry: false }), gone).to.equal(undefined);
      rmSync(to, { recursive: true });
    }
  });

  it("are refused where a path leads out of the folder", () => {
    const blob = execFileSync("git", ["hash-object", "-w", "--stdin"], {
      cwd: repository,
      input: "x",
      encoding: "utf8",
    });
    const name = (hash: string) => Buffer.from(hash.trim(), "hex");
    const tree = (mode: string, path: string, hash: string) =>
      execFileSync("git", ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"], {
        cwd: repository,
        input: Buffer.concat([Buffer.from(`${mode} ${path}\0`), name(hash)]),
        encoding: "utf8",
      });
    const hash = git("commit-tree", "-m", "bad", tree("40000", "..", tree("100644", "escaped", blob)).trim());
    expect(() => checkoutCommit(repository, hash, join(folder, "laid"))).to.throw(VersionError, "../escaped");
    expect(existsSync(join(folder, "escaped"))).to.equal(false);
  });

  it("put nothing among the code that judges them, nor in place of the packages", async () => {
    mkdirSync(join(repository, toolFolder, "policy"), { recursive: true });
    mkdirSync(join(repository, "node_modules/yaml"), { recursive: true });
    write(`${toolFolder}/policy/check.js`, "forged");
    write("node_modules/yaml/index.js", "forged");
    checkoutCommit(repository, commit(), join(folder, "laid"));
    mkdirSync(join(folder, "tool/node_modules"), { recursive: true });
    await prepareVersion(join(folder, "laid"), join(folder, "tool"));
    expect(existsSync(join(folder, "laid", toolFolder))).to.equal(false);
    expect(existsSync(join(folder, "laid/node_modules/yaml"))).to.equal(false);
  });

  it("come from a commit that is named, and git's own reason is told where there is none", () => {
    write("file", "x");
    commit();
    expect(() => baseCommit(repository, "")).to.throw(VersionError, "--base: name a commit, branch or tag");
    expect(() => commitOf(repository, " ", "--head")).to.throw(VersionError, "--head: name a commit, branch or tag");
    expect(() => commitOf(repository, "none", "--head")).to.throw(VersionError, "no commit none: a shallow clone");
    expect(() => baseCommit(folder, undefined)).to.throw(VersionError, /^git rev-parse failed: fatal: not a git repo/);
    expect(() => baseCommit(folder, "main")).to.throw(VersionError, /^no commit main: fatal: not a git repo/);
    git("checkout", "--quiet", "-b", "other");
    git("branch", "--quiet", "-D", "main");
    expect(() => baseCommit(repository, undefined)).to.throw(VersionError, "no main branch");
  });
});
