// `npm run -s graph -- --stack NAME --set key=value`: prints the resource graph on stdout, as JSON, or as a picture.

import { evaluateGiven } from "../graph/given-cures";
import { exampleNote } from "../graph/project";
import { parseOptions, readSet, stackOptionTypes } from "../graph/options";
import { printable } from "../graph/print";

const usage = `npm run -s graph -- [options]

  --stack NAME       stack to evaluate: dev (default), prod
  --set key=value    override a setting; repeatable
  --svg              print a picture of its parts, and of what flows between them, as SVG instead of JSON
  -h, --help         print this`;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    ...stackOptionTypes,
    svg: { type: "boolean", default: false },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const graph = await evaluateGiven({ stack: options.stack, set: readSet(options.set) });
  if (graph.examples.length > 0) process.stderr.write(`${exampleNote(graph.examples)}\n`);
  if (!options.svg) return void process.stdout.write(`${JSON.stringify(printable(graph), null, 2)}\n`);
  // Only here: the layout takes as long to load as a tenth of an evaluation.
  const [{ pictureOf }, { svgOf }] = await Promise.all([import("./from-graph"), import("./svg")]);
  process.stdout.write(svgOf(pictureOf(graph)));
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
