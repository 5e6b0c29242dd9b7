// A temporary git repository with the project's files in one commit, which tests can change.

import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import { checkoutFiles } from "../../preview/version/checkout";

/** What the program does not import: each preview writes all files of two versions, and most of its time went there. */
const leftOut = ["bench", "conformance", "docs", "doctor", "drift", "local", "test", "verify"];

export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), "repository-"));

  constructor() {
    checkoutFiles(projectRoot, this.folder);
    for (const name of leftOut) rmSync(join(this.folder, name), { recursive: true });
    this.git("init", "--quiet", "--initial-branch", "main");
    this.commit("first");
  }

  git(...args: readonly string[]): string {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "core.hooksPath=/dev/null"];
    return execFileSync("git", [...who, ...args], { cwd: this.folder, encoding: "utf8" }).trim();
  }

  /** Commits all files. @returns the commit's hash */
  commit(message: string): string {
    this.git("add", "--all", "--force");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  /** Replaces the first occurrence of a text. @throws Error if there is none: a test that changes nothing tests nothing */
  replace(file: string, text: string, by: string): void {
    const path = join(this.folder, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
    writeFileSync(
      path,
      before.replace(text, () => by),
    );
  }

  append(file: string, text: string): void {
    const path = join(this.folder, file);
    appendFileSync(path, text);
  }

  /** Resets the files to the last commit, and deletes untracked ones. */
  restore(): void {
    this.git("checkout", "--quiet", "--force", "HEAD", "--", ".");
    this.git("clean", "--quiet", "--force", "-d");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
