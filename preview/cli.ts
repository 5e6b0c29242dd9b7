// `npm run -s preview [-- --base REF] [--head REF] [--stack NAME] [--json]`: what a change does to every stack, without an
// account, a backend or credentials. Exit status 1: a policy error, or a route that became open.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseOptions, UsageError } from "../graph/options";
import { look } from "./look";
import { markdown } from "./markdown";
import { type Compared, type Report, reportOf } from "./report";
import { baseCommit, commitOf, equip, layCommit, layFiles, VersionError } from "./versions";

const optionTypes = {
  /** Commit to compare with; where HEAD left the main branch by default. */
  base: { type: "string" },
  /** Commit to look at; the files as they lie here by default. */
  head: { type: "string" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
  /** The date by which exceptions end, `YYYY-MM-DD`; today by default. */
  today: { type: "string" },
} as const;

export interface PreviewOptions {
  readonly base?: string;
  readonly head?: string;
  readonly stack?: string;
  readonly today?: string;
}

/** Folder of the project. */
const project = resolve(__dirname, "..");

/** @throws VersionError, UsageError */
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
    equip(root, project);
    return { name, snapshot: await look({ root, key, today }) };
  };
  try {
    const versions = await Promise.all([
      compare(base.slice(0, 12), base),
      head === base ? undefined : compare(head?.slice(0, 12) ?? "the working files", head),
    ]);
    return reportOf(versions[0], versions[1] ?? versions[0], options.stack);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), optionTypes);
  const report = await preview(options);
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : markdown(report)}\n`);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}

if (require.main === module || process.argv[1] === __filename) {
  main().catch((error: unknown) => {
    const told = error instanceof VersionError || error instanceof UsageError;
    process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  });
}
