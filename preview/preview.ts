// Two versions of the project, looked at side by side: each laid into a folder, evaluated there, and compared.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../graph/options";
import { look } from "./look";
import { type Compared, type Report, reportOf } from "./report";
import { baseCommit, commitOf, equip, layCommit, layFiles } from "./versions";

export interface PreviewOptions {
  /** Commit to compare with; where HEAD left the main branch by default. */
  readonly base?: string;
  /** Commit to look at; the files as they lie there by default. */
  readonly head?: string;
  /** The one stack to look at; all by default. */
  readonly stack?: string;
  /** The date by which exceptions end, `YYYY-MM-DD`; today by default. */
  readonly today?: string;
}

/** Folder of the project. */
const project = resolve(__dirname, "..");

/**
 * Compares two versions of a repository that holds this project.
 * @throws VersionError where a version cannot be had; UsageError for a date that is none
 */
export async function preview(options: PreviewOptions, repository = project): Promise<Report> {
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(today)) throw new UsageError("--today: write it as YYYY-MM-DD");
  const base = baseCommit(repository, options.base);
  const head = options.head === undefined ? undefined : commitOf(repository, options.head);
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const key = randomBytes(32).toString("hex");
  const compare = async (name: string, commit: string | undefined): Promise<Compared> => {
    const root = join(folder, commit === undefined ? "working" : commit);
    if (commit === undefined) layFiles(repository, root);
    else layCommit(repository, commit, root);
    await equip(root, project);
    return { name, snapshot: await look({ root, key, today, stack: options.stack }) };
  };
  try {
    const versions = await Promise.all([
      compare(base.slice(0, 12), base),
      head === base ? undefined : compare(head?.slice(0, 12) ?? "the working files", head),
    ]);
    const report = reportOf(versions[0], versions[1] ?? versions[0]);
    const { stack } = options;
    if (stack !== undefined && !(stack in report.stacks) && report.failures.length === 0)
      throw new UsageError(`--stack ${stack}: neither version has a stack of this name`);
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
