// `npm run doctor -- --stack NAME [--set key=value]`: reports what would stop a first `pulumi up`. It changes nothing.
// Exit status 1: a check failed. 2: wrong usage, or an unexpected error.

import { evaluate, projectRoot } from "../graph/evaluate";
import { parseOptions, readSet, stackOptionTypes } from "../graph/options";
import { stackSettings } from "../graph/project";
import type { Graph } from "../graph/resource";
import { keptLoads } from "../model/load-check";
import { checkAws } from "./aws";
import { bad, type CheckResult, good, resultLine } from "./check-result";
import { checkDomainRecords } from "./domains";
import { checkGoogle } from "./google";
import { checkAuth0, checkIssuers } from "./issuer";
import { checkModels } from "./models";
import { checkNames } from "./names";

const usage = `npm run doctor -- [options]

  --stack NAME       stack to look at: dev (default), prod
  --set key=value    override a setting; repeatable
  -h, --help         print this

Exit status: 1 if a check fails, 2 for wrong usage or an unexpected error.`;

async function main(): Promise<void> {
  const { stack, set, help } = parseOptions(process.argv.slice(2), stackOptionTypes);
  if (help) return void process.stdout.write(`${usage}\n`);
  const requested = { root: projectRoot, stack, set: readSet(set) };
  const settings = settingsOf(requested);
  // Example values replace missing account settings here: neither names nor reservations depend on them.
  const graph: Graph | undefined = await evaluate(requested).catch(() => undefined);
  const lines: CheckResult[] = [
    ...(await checkSettings(requested)),
    ...(graph === undefined ? [] : checkNames(graph)),
    ...(graph === undefined ? [] : await checkModels(graph, keptLoads(projectRoot))),
    ...(await checkAws(settings, graph)),
    ...(await checkDomainRecords(settings)),
    ...(await checkGoogle(settings)),
    ...(await checkIssuers(settings)),
    ...checkAuth0(settings),
  ];
  process.stdout.write(`${lines.map(resultLine).join("\n")}\n`);
  process.exitCode = lines.some(({ state }) => state === "bad") ? 1 : 0;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});

interface EvaluatedStack {
  /** Folder of the project. */
  readonly root: string;
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** One good line, or a bad one for each error, with the command that fixes it. */
async function checkSettings({ root, stack, set }: EvaluatedStack): Promise<CheckResult[]> {
  try {
    await evaluate({ root, stack, set, examples: false });
    return [good("settings: all are set, valid and consistent")];
  } catch (error) {
    const [title, ...errors] = (error as Error).message.split("\n");
    return (errors.length > 0 ? errors : [title!]).map((error) => bad(`setting ${error.trim()}`));
  }
}

/** All settings by key, without the project's prefix, defaults filled in; every value as a string. */
function settingsOf({ root, stack, set }: EvaluatedStack): Readonly<Record<string, string>> {
  const { project, config } = stackSettings(root, stack, set, false);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${project}:`, ""), value]));
}
