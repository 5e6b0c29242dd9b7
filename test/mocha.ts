// Runs test files with mocha in this process: one group of `npm test`. The last line is the tally as JSON, for run.ts.

import Mocha from "mocha";
import { sourceLines } from "../compile.cjs";

// A guard against hanging, and no measure: a test may wait this long, in milliseconds, on a busy machine.
const patience = 15 * 60_000;

const runner = new Mocha({ timeout: patience, reporter: "dot", forbidOnly: true });
for (const file of process.argv.slice(2)) runner.addFile(file);
const run = runner.run((failed) => {
  const { passes = 0, pending = 0 } = run.stats ?? {};
  process.stdout.write(`\n${JSON.stringify({ passed: passes, failed, skipped: pending })}\n`);
  process.exit(failed === 0 ? 0 : 1);
});
run.on("fail", (_test, error: Error) => {
  if (typeof error.stack === "string") error.stack = sourceLines(error.stack);
});
