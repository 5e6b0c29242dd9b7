// `npm test`: types, lint, format and the mocha tests, in up to two processes. The last line is `N passed, N failed`.
// Arguments: test files or folders to run instead of everything, without types, lint and format. `--fast`: only what is fast.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { checkSlow, fastOf } from "./fast";

const root = resolve(__dirname, "..");

/** What needs more than Node (a CLI built with Go, Python packages): `npm run test:all` runs it. */
const apart = [
  "test/browser",
  "test/clients",
  "test/engine",
  "test/engines",
  "test/exports",
  "test/sdk",
  "test/training/examples.test.ts",
  "test/training/pipeline.test.ts",
  "test/training/steps.test.ts",
];

/** Not more processes than cores: they would only slow each other down. */
const atOnce = Math.min(2, availableParallelism());

/**
 * Room for young objects, in MB (V8's own: 16): an evaluation of the program makes many, few of which live on, and with this a sixth of its
 * time is saved, which the garbage collector took.
 */
const heap = "--max-semi-space-size=64";

/** How long each job took when it ran last, in seconds. */
const durations = join(root, "node_modules/.cache/test-durations.json");

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
  const fast = process.argv.includes("--fast");
  if (fast) checkSlow();
  const named = process.argv.slice(2).filter((argument) => argument !== "--fast");
  const all = (named.length > 0 ? named : ["test"])
    .flatMap(testFiles)
    .filter((file) => named.length > 0 || !apart.some((entry) => file === entry || file.startsWith(`${entry}/`)));
  const files = fast ? fastOf(all) : all;
  if (files.length === 0) throw new Error(`no test files in ${named.join(", ")}`);
  const took = readDurations();
  // The longest first, so that none is left alone at the end; what never ran may be long.
  const jobs = [...(named.length > 0 || fast ? [] : checks()), ...(fast ? halves(files) : groups(files))].sort(
    (one, other) => (took[other.name] ?? Infinity) - (took[one.name] ?? Infinity),
  );
  const tallies: Tally[] = [];
  const next = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) tallies.push(await run(job, took));
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  if (named.length === 0 && !fast) writeDurations(took);
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  if (named.length === 0) process.stdout.write(`\nnot run here, but by npm run test:all: ${apart.join(", ")}\n`);
  if (fast)
    process.stdout.write(`not run here, but by npm test: types, lint, format and ${all.length - files.length} files\n`);
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}\n`);
  process.exit(sum("failed") === 0 && sum("passed") > 0 ? 0 : 1);
}

/** Static checks of the sources. */
function checks(): Job[] {
  // Types and lint in one process, because the rules need the same type information, whose loading takes longer than either.
  return [check("types and lint", "oxlint"), check("format", "oxfmt", "--check", ".")];
}

/** A tool that ends with 0 if it finds nothing. */
function check(name: string, tool: string, ...args: string[]): Job {
  const tally = (status: number | null): Tally => ({
    passed: Number(status === 0),
    failed: Number(status !== 0),
    skipped: 0,
  });
  return { name, args: [join(root, `node_modules/${tool}/bin/${tool}`), ...args], tally };
}

/** One job for each folder of test files, so that folders share no process and are reported by name. */
function groups(files: readonly string[]): Job[] {
  const folders = [...new Set(files.map(folderOf))];
  return folders.map((folder) => ({
    name: folder,
    args: [heap, join(root, "run.mjs"), "test/mocha.ts", ...files.filter((file) => folderOf(file) === folder)],
    tally: printedTally,
  }));
}

/** Two jobs, for fast tests: loading what they test takes as long as they do, and so is done as seldom as can be. */
function halves(files: readonly string[]): Job[] {
  const job = (name: string, half: readonly string[]): Job => ({
    name,
    args: [heap, join(root, "run.mjs"), "test/mocha.ts", ...half],
    tally: printedTally,
  });
  const gateway = (file: string): boolean => file.startsWith("test/local/");
  return [
    job("test/local", files.filter(gateway)),
    job(
      "all other folders",
      files.filter((file) => !gateway(file)),
    ),
  ];
}

/** The tally in the last line. A process that ended without one has failed, whatever it ran before. */
function printedTally(_status: number | null, printed: string): Tally {
  const last = printed.trim().split("\n").pop() ?? "";
  return last.startsWith("{") ? (JSON.parse(last) as Tally) : { passed: 0, failed: 1, skipped: 0 };
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

function readDurations(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(durations, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}

function writeDurations(took: Readonly<Record<string, number>>): void {
  mkdirSync(dirname(durations), { recursive: true });
  writeFileSync(durations, JSON.stringify(took));
}

/** Runs a job, and prints its output when it has ended, so that the lines of two jobs never mix. */
async function run(job: Job, took: Record<string, number>): Promise<Tally> {
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
  const seconds = (performance.now() - started) / 1000;
  took[job.name] = seconds;
  const counts = `${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""}`;
  const shown = tally.failed > 0 ? `${output}\n` : warnings(output);
  process.stdout.write(`${job.name}: ${counts} (${seconds.toFixed(1)} s)\n${shown}`);
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
