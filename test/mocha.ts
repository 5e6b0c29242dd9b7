// Runs test files by mocha in this process: one group of `npm test`. Its tally is the last line, for run.ts to read.

import Mocha from "mocha";

const runner = new Mocha({ timeout: 20_000, reporter: "dot", forbidOnly: true });
for (const file of process.argv.slice(2)) runner.addFile(file);
const run = runner.run((failed) => {
  const { passes = 0, pending = 0 } = run.stats ?? {};
  process.stdout.write(`\n${JSON.stringify({ passed: passes, failed, skipped: pending })}\n`);
  process.exit(failed === 0 ? 0 : 1);
});
