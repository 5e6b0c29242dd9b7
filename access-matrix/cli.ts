// `npm run -s access-matrix -- --stack NAME [--set key=value] [--json]`: prints who may call.
// `npm run access-matrix -- --write`: rewrites the checked-in matrices of all stacks.

import { evaluateGiven } from "../graph/given-cures";
import { parseOptions, readSet, stackOptionTypes, UsageError } from "../graph/options";
import { exampleNote } from "../graph/project";
import { checkedIn, fileOf, write } from "./checked-in";
import { printable } from "./json";
import { markdown } from "./markdown";
import { matrixOf } from "./matrix";

const usage = `npm run -s access-matrix -- [options]

  --stack NAME       whose matrix: dev (default), prod
  --set key=value    override a setting; repeatable
  --json             the matrix as JSON
  --write            write the checked-in matrices of all stacks anew; takes no other option
  -h, --help         print this`;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = parseOptions(args, {
    ...stackOptionTypes,
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  if (options.write) {
    if (args.length > 1) throw new UsageError("--write: writes the matrices of all stacks, and takes no other option");
    for (const matrix of checkedIn()) {
      await write(matrix);
      process.stderr.write(`Written: ${fileOf(matrix)}\n`);
    }
    return;
  }
  const graph = await evaluateGiven({ stack: options.stack, set: readSet(options.set) });
  if (graph.examples.length > 0) process.stderr.write(`${exampleNote(graph.examples)}\n`);
  const matrix = matrixOf(graph);
  process.stdout.write(options.json ? `${JSON.stringify(printable(matrix), null, 2)}\n` : `${markdown(matrix)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
