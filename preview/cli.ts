// `npm run -s preview [-- --base REF] [--head REF] [--stack NAME] [--json]`: what a change does to every stack, without
// an account, a backend or credentials. Exit status 1: it must not be merged, for example because of a policy violation,
// a route that became open or a protection that is gone. 2: a version cannot be obtained, or wrong usage.

import { parseOptions, UsageError } from "../graph/options";
import { VersionError } from "./version/git";
import { markdown } from "./markdown";
import { preview } from "./preview";

const usage = `npm run -s preview -- [options]

  --base REF         the version before the change (default: where HEAD left the main branch)
  --head REF         the version with it (default: the working files)
  --stack NAME       one stack: dev, prod (default: all)
  --json             the report as JSON
  --today DATE       the day that exceptions to policies are judged on (default: today)
  -h, --help         print this

Exit status: 1 if the change must not be merged as it is, 2 if a version cannot be obtained, or for wrong usage.`;

const optionTypes = {
  base: { type: "string" },
  head: { type: "string" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
  today: { type: "string" },
} as const;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), optionTypes);
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const report = await preview(options);
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : markdown(report)}\n`);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  const expected = error instanceof VersionError || error instanceof UsageError;
  process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
});
