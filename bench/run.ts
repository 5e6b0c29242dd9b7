// `npm run bench`: costs as ratios of measurements in one run, which vary less between machines than absolute times.

import { parseOptions } from "../graph/options";
import { bench as authorizer } from "./authorizer";
import { bench as endpoint } from "./endpoint";
import { bench as gateway } from "./gateway";
import { bench as handler, type Row } from "./handler";
import { bench as largeModel } from "./large-model";
import { bench as program } from "./program";
import { bench as rows } from "./rows";
import { bench as start } from "./start";

const usage = `npm run bench -- [options]

  -h, --help         print this

Prints costs as ratios of measurements in one run.`;

async function main(): Promise<void> {
  if (parseOptions(process.argv.slice(2), {}).help) return void process.stdout.write(`${usage}\n`);
  const parts: readonly [title: string, bench: () => Promise<readonly Row[]>][] = [
    ["the model function", handler],
    ["rows and columns, to the same numbers as V2 tensors", rows],
    ["a model that an endpoint computes", endpoint],
    ["the authorizer", authorizer],
    ["the local gateway over HTTPS, sixteen connections that are kept alive", gateway],
    ["the load of a large model", largeModel],
    ["the program, its archives, and the start of the function", program],
    ["a preview by the real Pulumi engine, to the same program run in Pulumi's default way", start],
  ];
  for (const [title, bench] of parts) {
    process.stdout.write(`\n${title}\n`);
    for (const { name, ratio, unit } of await bench()) {
      process.stdout.write(`  ${ratio.toFixed(ratio < 10 ? 2 : 0).padStart(8)} ${unit.padEnd(12)} ${name}\n`);
    }
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
