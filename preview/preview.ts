// Compares two versions of the project: copies each into its own folder, evaluates it there, and compares the snapshots.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../graph/options";
import { isDay } from "../policy/exceptions";
import { type ComparedVersion, type Report, reportOf } from "./compare/report";
import { changedReviewedFiles } from "./compare/reviewed-files";
import { checkoutCommit, checkoutFiles } from "./version/checkout";
import { evaluateVersion, prepareVersion } from "./version/evaluate-version";
import { baseCommit, commitOf } from "./version/git";
import { ifInterrupted } from "./version/interrupt";

export interface PreviewOptions {
  /** Commit to compare with; by default the merge base of HEAD and the main branch. */
  readonly base?: string;
  /** Commit with the change; by default the working files, uncommitted changes included. */
  readonly head?: string;
  /** The only stack to compare; all by default. */
  readonly stack?: string;
  /** Date on which expiry of exceptions and end of support of runtimes are evaluated, `YYYY-MM-DD`; today (UTC) by default. */
  readonly today?: string;
}

/** Folder of the project. */
const project = resolve(__dirname, "..");

/**
 * Compares two versions of a repository that holds this project.
 * @param evaluate takes the snapshot of a version; tests remember those they took
 * @throws VersionError if a version cannot be obtained or prepared; UsageError for an invalid date, or a stack that neither
 *   version has
 */
export async function preview(
  options: PreviewOptions,
  repository = project,
  evaluate = evaluateVersion,
): Promise<Report> {
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (!isDay(today)) throw new UsageError("--today: name a day of the calendar, as YYYY-MM-DD");
  const base = baseCommit(repository, options.base);
  const head = options.head === undefined ? undefined : commitOf(repository, options.head, "--head");
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const forget = ifInterrupted(remove);
  const key = randomBytes(32).toString("hex");
  const laid = (commit: string | undefined): string => {
    const root = join(folder, commit ?? "working");
    if (commit === undefined) checkoutFiles(repository, root);
    else checkoutCommit(repository, commit, root);
    return root;
  };
  const compared = async (name: string, root: string): Promise<ComparedVersion> => {
    await prepareVersion(root, project);
    return { name, snapshot: await evaluate({ root, key, today, stack: options.stack }) };
  };
  try {
    const old = laid(base);
    const next = head === base ? old : laid(head);
    const reviewed = changedReviewedFiles(old, next);
    const versions = await Promise.all([
      compared(base.slice(0, 12), old),
      next === old ? undefined : compared(head?.slice(0, 12) ?? "the working files", next),
    ]);
    const report = reportOf(versions[0], versions[1] ?? versions[0], reviewed);
    const { stack } = options;
    if (stack !== undefined && !(stack in report.stacks) && report.failures.length === 0)
      throw new UsageError(`--stack ${stack}: neither version has a stack of this name`);
    return report;
  } finally {
    remove();
    forget();
  }
}
