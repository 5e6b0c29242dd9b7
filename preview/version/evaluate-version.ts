// Prepares a version's folder, and takes its snapshot in a process of its own, because each version is a different program:
// without credentials in its environment, and with a time limit.

import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { VersionError } from "./git";
import { endGroup, ifInterrupted } from "./interrupt";
import { type EvaluationError, readMessage, type Snapshot } from "./snapshot";
import type { EvaluationRequest } from "./version-process";

/** Longest duration of an evaluation of all stacks, in milliseconds. */
const patience = 5 * 60_000;

/**
 * @param request `root` is a folder that `prepareVersion` has prepared
 * @returns the snapshot, or why there is none; never rejects because of the version's code
 */
export function evaluateVersion(request: EvaluationRequest): Promise<Snapshot | EvaluationError> {
  const root = realpathSync(request.root);
  const tool = join(root, toolFolder);
  const child = spawn(
    process.execPath,
    ["--require", join(tool, "compile.cjs"), join(tool, "preview/version/version-process.ts")],
    {
      cwd: root,
      // No credentials: the code of a version under review may be a stranger's.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // A group of its own: what the version's code starts ends with it.
      detached: true,
    },
  );
  const end = () => endGroup(child.pid);
  const forget = ifInterrupted(end);
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString("utf8")).slice(-2_000)));
  const timer = setTimeout(end, patience);
  return new Promise((resolve) => {
    let received: Snapshot | EvaluationError | undefined;
    const finish = (result: Snapshot | EvaluationError) => {
      clearTimeout(timer);
      forget();
      resolve(result);
    };
    child.on("error", (error) => finish({ error: error.message }));
    child.on("message", (message) => (received = readMessage(message)));
    // What it left running would keep its stderr open.
    child.on("exit", end);
    child.on("close", (code, signal) => {
      finish(received ?? { error: `the evaluation ended with ${code ?? signal}: ${firstLine(stderr, root)}` });
    });
    // It can have ended already: its end says why.
    child.send({ ...request, root }, () => undefined);
  });
}

/** The line of Node's error output that names the error. */
function firstLine(text: string, root: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? "no reason given").replaceAll(root, ".");
}

/** The code that evaluates and checks a version; copied beside the version's own files. */
const toolFiles = ["access-matrix", "graph", "policy", "preview", "contract.ts", "compile.cjs"];
/** Folder inside a version's folder that receives them. */
export const toolFolder = ".preview";

/**
 * Adds to a version's folder what its evaluation needs: npm packages, and the code that checks it.
 * @param tool project that runs the preview; its `node_modules` are linked if both lock files are equal
 * @throws VersionError if the packages cannot be installed
 */
export async function prepareVersion(folder: string, tool: string): Promise<void> {
  // Nothing of the version may stand among what checks it, nor in place of the packages.
  for (const name of [toolFolder, "node_modules"]) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of toolFiles) {
    if (existsSync(join(tool, name))) cpSync(join(tool, name), join(folder, toolFolder, name), { recursive: true });
  }
  if (lockOf(folder) === lockOf(tool)) {
    symlinkSync(join(tool, "node_modules"), join(folder, "node_modules"));
    return;
  }
  process.stderr.write("The versions have different packages: installing the other ones …\n");
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawn("npm", args, { cwd: folder, stdio: ["ignore", 2, 2], env: npmEnvironment(), detached: true });
  const forget = ifInterrupted(() => endGroup(npm.pid));
  const status = await new Promise((done) => npm.on("error", done).on("close", done));
  forget();
  if (status !== 0) throw new VersionError("npm ci failed: its reason is above");
}

/**
 * Only the variables that npm needs to reach the registry: the `.npmrc` of a version under review can refer to any variable
 * (`${NAME}`), and so send its value to any host.
 * Source: https://docs.npmjs.com/cli/configuring-npm/npmrc (environment variables)
 */
function npmEnvironment(): NodeJS.ProcessEnv {
  const needed =
    /^(PATH|HOME|TMPDIR|(HTTPS?|NO)_PROXY|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache|userconfig|cafile|proxy|https_proxy|noproxy))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.test(name)));
}

function lockOf(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
