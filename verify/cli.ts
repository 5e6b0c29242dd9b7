// `npm run verify -- --stack NAME`: proves that a deployed stack lets in whom the access matrix lets in, and nobody else, by
// calling it. `--local`: the same for a running `npm start`. Exit status 1: it does not. 2: wrong usage, or an unexpected error.

import { readFileSync } from "node:fs";
import { evaluate, projectRoot } from "../graph/evaluate";
import { stackSettings } from "../graph/project";
import { parseOptions, readSet, stackOptionTypes, UsageError } from "../graph/options";
import { type Matrix, matrixOf } from "../access-matrix/matrix";
import { openHome } from "../local/base/home";
import { readRunFiles } from "../local/base/run-files";
import type { ServedStack } from "../local/run/served-stack";
import { deployedSource } from "./deployed-source";
import { localSource } from "./local-source";
import { holds, isWhole, reportJson, reportText } from "./report";
import { rateFor } from "./pace";
import type { Source } from "./source";
import { verify } from "./verification";

const usage = `npm run verify -- [options]

  --stack NAME       deployed stack to verify: dev (default), prod
  --set key=value    override a setting, as in the deployment; repeatable
  --ca FILE          PEM file of the authority that issued the stack's certificates, where it is no public one
  --local            verify a running npm start instead
  --pid PID          of npm start, where several are running
  --rate N           calls a second to each API, at most (default 8; where alarms are on, fewer than would raise one)
  --require-all      fail if a call could not be tried
  --json             print every call as JSON
  -h, --help         print this

Where each credential comes from, and what it needs: docs/verify.md.
Exit status: 1 if the stack is not as the matrix says, 2 for wrong usage or an unexpected error.`;

/** Milliseconds: what a deployment changed last may take some seconds to reach every part of AWS. */
const repeatAfter = [2_000, 8_000];

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    ...stackOptionTypes,
    ca: { type: "string" },
    local: { type: "boolean", default: false },
    pid: { type: "string" },
    rate: { type: "string" },
    "require-all": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const { matrix, source, settings } = await (options.local
    ? runningStack(options.pid)
    : deployedStack(options.stack, readSet(options.set), options.ca));
  const rate = options.rate === undefined ? rateFor(settings) : rateOf(options.rate);
  const verification = await verify(matrix, source, { rate, repeatAfter });
  const report = options.json
    ? JSON.stringify(reportJson(matrix, verification), null, 2)
    : reportText(matrix, verification);
  process.stdout.write(`${report}\n`);
  const proved = holds(verification) && (isWhole(verification) || !options["require-all"]);
  process.exitCode = proved ? 0 : 1;
}

interface Verifiable {
  readonly matrix: Matrix;
  readonly source: Source;
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws UsageError if there is no such run, or several */
async function runningStack(pid: string | undefined): Promise<Verifiable> {
  const all = readRunFiles<ServedStack>(openHome(projectRoot).runs, "verify");
  const runs = all.filter((run) => pid === undefined || String(run.pid) === pid);
  const [run, ...others] = runs;
  if (run === undefined) throw new UsageError("--local: no npm start is running here; start one: npm start");
  if (others.length > 0)
    throw new UsageError(
      `--local: npm start runs more than once: choose with --pid ${runs.map((one) => one.pid).join(", ")}`,
    );
  // Evaluated from the settings, not read from what is served: a mistake in the serving must show.
  const matrix = matrixOf(await evaluate({ stack: run.stack, set: run.set }));
  return { matrix, source: localSource(run), settings: {} };
}

async function deployedStack(
  stack: string,
  set: Readonly<Record<string, unknown>>,
  ca: string | undefined,
): Promise<Verifiable> {
  // No example values: the matrix of another program would prove nothing.
  const graph = await evaluate({ stack, set, examples: false });
  const settings = settingsOf(stack, set);
  return {
    matrix: matrixOf(graph),
    source: await deployedSource(stack, settings, ca && readFileSync(ca, "utf8")),
    settings,
  };
}

/** All settings by key, without the project's prefix, defaults filled in; every value as a string. */
function settingsOf(stack: string, set: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const { project, config } = stackSettings(projectRoot, stack, set, false);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${project}:`, ""), value]));
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 100) return rate;
  throw new UsageError(`--rate ${text}: calls a second, a number above 0 and at most 100`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
