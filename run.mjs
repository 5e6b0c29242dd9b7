// Runs a TypeScript program of this project: `node run.mjs <file.ts> [arguments]`, and first makes sure that the dependencies are
// installed and are those of the lock file. Built-ins only, since nothing else may be there yet. All that is said goes to stderr:
// stdout is the program's.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));

// Whoever reads the output may stop early, as `head` does: that is the end, with the status so far, and no fault of the program.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) fail("Usage: node run.mjs <file.ts> [arguments]");
checkNode();
ensureDependencies();
checkNativeLibrary();

const require = createRequire(import.meta.url);
require("./compile.cjs");
const file = resolve(program);
process.argv = [process.argv[0], file, ...rest];
require(file);

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node ${process.versions.node} is too old: this project needs 20.19 or newer (https://nodejs.org).`);
}

function ensureDependencies() {
  if (installed()) return;
  say("Installing the dependencies (once; about a minute) …");
  const status = npmCi();
  if (status === 0 && installed()) return;
  fail(
    status === 0
      ? "The dependencies are incomplete after npm ci: is package-lock.json that of this checkout, and the disk not full?"
      : `The dependencies could not be installed: npm ci ended with ${status} (its reason is above). Is the package registry reachable? Run the command again then.`,
  );
}

/**
 * Whether node_modules holds what package-lock.json names. npm writes the list of what it installed last, so an interrupted installation has
 * none; that the folders are still there is looked at besides. 10 ms for 270 packages.
 */
function installed() {
  const wanted = packagesOf("package-lock.json");
  const found = packagesOf("node_modules/.package-lock.json");
  if (wanted === undefined) fail("package-lock.json is missing or unreadable: restore it with git.");
  if (found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const there = found[path];
    if (there === undefined) return entry.optional === true || entry.devOptional === true; // For another platform.
    return (
      there.version === entry.version &&
      there.integrity === entry.integrity &&
      existsSync(join(root, path, "package.json"))
    );
  });
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Replaces node_modules, so it also repairs what an interrupted run left. @returns its exit status, or why it did not start */
function npmCi() {
  // npm names itself to what it starts; otherwise it is looked for beside Node, and on the path.
  const named = /npm-cli\.js$/.test(process.env.npm_execpath ?? "") ? process.env.npm_execpath : undefined;
  const beside = join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js");
  const cli = named ?? (existsSync(beside) ? beside : undefined);
  // No package's script runs: none is needed, and each would run with this user's rights. `dev`: the local run needs them, whatever NODE_ENV says.
  // `workspaces`: inside an npm monorepo the packages would go to its root, by its lock file; pnpm's and yarn's are nothing to npm.
  const args = [
    "ci",
    "--workspaces=false",
    "--include=dev",
    "--include=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  const [command, all] = cli === undefined ? ["npm", args] : [process.execPath, [cli, ...args]];
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  const { status, signal, error } = spawnSync(command, all, { cwd: root, stdio: ["ignore", 2, 2], env });
  if (error !== undefined) return error.code === "ENOENT" ? "'npm: not found'" : String(error.code);
  return signal ?? status;
}

/** Only says so: the graph and the previews work without the library, and the local run stops where a model cannot be loaded. */
function checkNativeLibrary() {
  const versions = join(root, "node_modules/onnxruntime-node/bin");
  const here = join(process.platform, process.arch);
  if (existsSync(versions) && readdirSync(versions).some((each) => existsSync(join(versions, each, here)))) return;
  const mac = process.platform === "darwin" ? " (Apple silicon only; under Rosetta, use Node for arm64)" : "";
  say(
    `onnxruntime-node has no library for ${process.platform}-${process.arch}${mac}: models cannot run on this machine.`,
  );
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
