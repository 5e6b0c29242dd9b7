// `npm run doctor -- --stack NAME [--set key=value]`: reports what would stop a first `pulumi up`. It changes nothing.
// Exit status 1: a check failed. 2: wrong usage, or an unexpected error.

import { evaluate, projectRoot } from "../graph/evaluate";
import { parseOptions, readSet, stackOptionTypes } from "../graph/options";
import type { Graph } from "../graph/resource";
import { checkAuth0 } from "./auth0";
import { checkAws } from "./aws";
import { checkDomainRecords } from "./domains";
import { checkGoogle } from "./google";
import { checkIssuers } from "./issuer";
import { type Line, printed } from "./line";
import { checkNames } from "./names";
import { checkSettings, settingsOf } from "./settings";

const usage = `npm run doctor -- [options]

  --stack NAME       stack to look at: dev (default), prod
  --set key=value    override a setting; repeatable
  -h, --help         print this

Exit status: 1 if a check fails, 2 for wrong usage or an unexpected error.`;

async function main(): Promise<void> {
  const { stack, set, help } = parseOptions(process.argv.slice(2), stackOptionTypes);
  if (help) return void process.stdout.write(`${usage}\n`);
  const asked = { root: projectRoot, stack, set: readSet(set) };
  const settings = settingsOf(asked);
  // Example values replace missing account settings here: neither names nor reservations depend on them.
  const graph: Graph | undefined = await evaluate(asked).catch(() => undefined);
  const lines: Line[] = [
    ...(await checkSettings(asked)),
    ...(graph === undefined ? [] : checkNames(graph)),
    ...(await checkAws(settings, graph)),
    ...(await checkDomainRecords(settings)),
    ...(await checkGoogle(settings)),
    ...(await checkIssuers(settings)),
    ...checkAuth0(settings),
  ];
  process.stdout.write(`${lines.map(printed).join("\n")}\n`);
  process.exitCode = lines.some(({ state }) => state === "bad") ? 1 : 0;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
