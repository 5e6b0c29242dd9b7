// `npm test`: types, lint and the mocha tests, with one closing line `N passed, N failed`. Arguments: test files or
// folders to run alone (without types and lint).

import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import Mocha from "mocha";

const root = resolve(__dirname, "..");

/** Folders that need more than Node (Go, Python): `npm run test:all` runs them. */
const apart = ["test/engine", "test/clients"];

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const files = (asked.length > 0 ? asked : ["test"])
    .flatMap(testFiles)
    .filter((file) => asked.length > 0 || !isApart(file));
  if (files.length === 0) throw new Error(`no test files in ${asked.join(", ")}`);
  // Types and lint use the other core meanwhile; what they say is printed once the tests are through.
  const checks =
    asked.length > 0
      ? []
      : [
          check("types", "typescript/bin/tsc", ["--noEmit", "--noCheck", "false"]),
          check("lint", "eslint/bin/eslint.js", ["."]),
          check("format", "prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]),
        ];
  const tallies = [await mocha(files), ...(await Promise.all(checks)).map((report) => report())];
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

function testFiles(path: string): string[] {
  const absolute = resolve(root, path);
  if (!existsSync(absolute)) throw new Error(`no such file: ${path}`);
  if (statSync(absolute).isFile()) return [absolute];
  return readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? testFiles(join(absolute, entry.name)) : [join(absolute, entry.name)]))
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
}

function isApart(file: string): boolean {
  return apart.some((folder) => relative(root, file).startsWith(folder));
}

async function mocha(files: readonly string[]): Promise<Tally> {
  const runner = new Mocha({ timeout: 20_000, reporter: "dot", forbidOnly: true, forbidPending: false });
  for (const file of files) runner.addFile(file);
  return new Promise((done) => {
    const run = runner.run((failed) => {
      const { passes = 0, pending = 0 } = run.stats ?? {};
      if (pending > 0) process.stdout.write(`${pending} skipped\n`);
      done({ passed: passes, failed });
    });
  });
}

/** Runs a tool beside the tests. @returns what prints its findings, and counts as one test */
async function check(name: string, tool: string, args: readonly string[]): Promise<() => Tally> {
  const child = spawn(process.execPath, [join(root, "node_modules", tool), ...args], { cwd: root });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise((done) => child.on("close", done));
  return () => {
    process.stdout.write(`${name}: ${code === 0 ? "good" : `faults\n${output}`}\n`);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  };
}

main().catch((error: Error) => {
  process.stderr.write(`npm test: ${error.stack ?? error.message}\n`);
  process.exit(1);
});
