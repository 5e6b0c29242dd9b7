// `npm test`: types, lint, format and the mocha tests, in up to two processes. The last line is `N passed, N failed`.
// Arguments: test files or folders to run instead of everything, without types, lint and format.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(__dirname, "..");

/** Folders that need more than Node (a CLI built with Go, large Python packages): `npm run test:all` runs them. */
const apart = ["test/engine", "test/clients", "test/sdk"];

/** Not more processes than cores, which would delay tests that depend on time. */
const atOnce = Math.min(2, availableParallelism());

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One process: a tool, or a group of test files. */
interface Job {
  readonly name: string;
  readonly args: readonly string[];
  /** Derives the result from the exit status and stdout only: lines of stderr may arrive after the last of stdout. */
  tally(status: number | null, printed: string): Tally;
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const files = (asked.length > 0 ? asked : ["test"])
    .flatMap(testFiles)
    .filter((file) => asked.length > 0 || !apart.some((folder) => file.startsWith(`${folder}/`)));
  if (files.length === 0) throw new Error(`no test files in ${asked.join(", ")}`);
  const jobs = [...(asked.length > 0 ? [] : checks()), ...groups(files)];
  const tallies: Tally[] = [];
  const next = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) tallies.push(await run(job));
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  if (asked.length === 0) process.stdout.write(`\nnot run here, but by npm run test:all: ${apart.join(", ")}\n`);
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}\n`);
  process.exit(sum("failed") === 0 && sum("passed") > 0 ? 0 : 1);
}

/** Static checks of the sources; each counts as one test. */
function checks(): Job[] {
  const tally = (status: number | null): Tally =>
    status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const tool = (name: string, path: string, ...args: string[]): Job => ({
    name,
    args: [join(root, "node_modules", path), ...args],
    tally,
  });
  return [
    tool("types", "typescript/bin/tsc", "--noEmit"),
    tool("lint", "eslint/bin/eslint.js", "."),
    tool("format", "prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
  ];
}

/** One job for each folder of test files, so that folders share no process and are reported by name. */
function groups(files: readonly string[]): Job[] {
  const folders = [...new Set(files.map(folderOf))];
  return folders.map((folder) => ({
    name: folder,
    args: [join(root, "run.mjs"), "test/mocha.ts", ...files.filter((file) => folderOf(file) === folder)],
    tally: (status, printed) => {
      const last = printed.trim().split("\n").pop() ?? "";
      // A process that ended without a tally has failed, whatever it ran before.
      return last.startsWith("{") ? (JSON.parse(last) as Tally) : { passed: 0, failed: 1, skipped: 0 };
    },
  }));
}

/** Group of a test file: its folder, at most two levels below `test`, for example `test/infra` or `test/local/gateway`. */
function folderOf(file: string): string {
  return dirname(file).split("/").slice(0, 3).join("/");
}

/**
 * Paths of a test file, or of all test files below a folder, relative to the project's root.
 * @throws Error if it does not exist
 */
function testFiles(path: string): string[] {
  const absolute = resolve(root, path);
  if (!existsSync(absolute)) throw new Error(`no such file: ${path}`);
  if (statSync(absolute).isFile()) return [relative(root, absolute)];
  return readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      return entry.isDirectory()
        ? testFiles(inner)
        : inner.endsWith(".test.ts")
          ? [relative(root, resolve(root, inner))]
          : [];
    })
    .sort();
}

/** Runs a job, and prints its output when it has ended, so that the lines of two jobs never mix. */
async function run(job: Job): Promise<Tally> {
  const started = performance.now();
  const child = spawn(process.execPath, [...job.args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let [output, printed] = ["", ""];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (stream === child.stdout) printed += chunk;
    });
  }
  const status = await new Promise<number | null>((done) => child.on("close", done));
  const tally = job.tally(status, printed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const how = `${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""}`;
  const told = tally.failed > 0 ? `${output}\n` : warnings(output);
  process.stdout.write(`${job.name}: ${how} (${seconds} s)\n${told}`);
  return tally;
}

/** Warnings of tests (`process.emitWarning`), one per line; shown even if all tests passed. */
function warnings(output: string): string {
  const said = new Set([...output.matchAll(/\(node:\d+\) Warning: (.*)$/gm)].map(([, text]) => text));
  return [...said].map((text) => `  warning: ${text}\n`).join("");
}

main().catch((error: Error) => {
  process.stderr.write(`npm test: ${error.stack ?? error.message}\n`);
  process.exit(1);
});
