// `npm run -s graph -- --stack NAME --set key=value`: prints the resource graph as JSON on stdout.

import { evaluateGiven } from "./given-cures";
import { exampleNote } from "./project";
import { parseOptions, readSet, stackOptionTypes } from "./options";
import { printable } from "./print";

const usage = `npm run -s graph -- [options]

  --stack NAME       stack to evaluate: dev (default), prod
  --set key=value    override a setting; repeatable
  -h, --help         print this`;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), stackOptionTypes);
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const graph = await evaluateGiven({ stack: options.stack, set: readSet(options.set) });
  if (graph.examples.length > 0) process.stderr.write(`${exampleNote(graph.examples)}\n`);
  process.stdout.write(`${JSON.stringify(printable(graph), null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
