// `npm start`: its command line. What serves is loaded when the options are right: a mistake is told at once.

import { join } from "node:path";
import { requireStack } from "../../graph/project";
import { Unenforceable } from "../base/unenforceable";
import { localOptions, usage } from "./start-options";

async function main(): Promise<void> {
  const options = localOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  requireStack(join(__dirname, "../.."), options.stack); // Before a file name is built from it.
  const { serve } = await import("./serve");
  await serve(options);
}

main().catch((error: Error) => {
  const unenforceable = error instanceof Unenforceable ? "this cannot be served locally: " : "";
  process.stderr.write(`npm start: ${unenforceable}${error.message}\n`);
  process.exit(1);
});
