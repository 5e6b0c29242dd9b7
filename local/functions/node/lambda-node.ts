// Lambda's Node.js for the functions of a local run: the major version that they are declared for, from the packages that
// package-lock.json beside this file pins by digest, one for each platform.

import { execFile, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ofType, type Graph } from "../../../graph/resource";

/** Executables by runtime, such as `nodejs24.x`. */
export type NodeByRuntime = ReadonlyMap<string, string>;

/** Where the packages are pinned. */
const pinned = __dirname;

/**
 * The executables for all functions of a graph. A runtime whose Node.js cannot be had is missing, and `tell` says why.
 * @param folder where fetched ones are kept, one folder for each version
 */
export async function lambdaNodes(graph: Graph, folder: string, tell: (line: string) => void): Promise<NodeByRuntime> {
  const nodes = new Map<string, string>();
  const runtimes = new Set(ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => String(inputs.runtime)));
  for (const runtime of runtimes) {
    const major = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
    if (major === undefined) continue; // Rejected where functions are deployed.
    try {
      nodes.set(runtime, await lambdaNode(major, folder, tell));
    } catch (error) {
      tell(
        `Functions run on this machine's Node.js ${process.versions.node}, not on ${major} as on Lambda: ` +
          `${(error as Error).message}. An installed Node.js ${major} does: run npm start with it.`,
      );
    }
  }
  return nodes;
}

/**
 * A Node.js of this major version: the running one, or the pinned one, which is fetched once (about 30 MB).
 * @returns its path
 * @throws Error saying, as a clause, why there is none
 */
export async function lambdaNode(major: string, folder: string, tell: (line: string) => void): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const [path, { version }] = pinnedPackage();
  if (!version.startsWith(`${major}.`)) throw new Error(`the version that is known is ${version}`);
  const kept = join(folder, version, "node");
  if (existsSync(kept)) return kept;
  tell(`Fetching Node.js ${version}, on which Lambda runs the functions (once; about 30 MB) …`);
  await fetchNode(path, folder, kept);
  return kept;
}

/** Installs the package at a path of the lock in a folder of its own, and keeps its executable alone, once that has run. */
async function fetchNode(path: string, folder: string, kept: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, "draft-"));
  try {
    for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(pinned, file), join(draft, file));
    await npmCi(draft);
    const executable = join(draft, path, "bin/node");
    if (!existsSync(executable)) throw new Error("npm installed no package for this platform");
    await promisify(execFile)(executable, ["--version"]).catch(() => {
      throw new Error("its executable does not run on this machine");
    });
    mkdirSync(join(kept, ".."), { recursive: true });
    renameSync(executable, kept); // Atomic: another run may be doing the same.
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** npm, as it names itself to what it starts; otherwise the one on the path. One try: without a network, nobody waits. */
function npmCi(folder: string): Promise<void> {
  const cli = /npm-cli\.js$/.test(process.env.npm_execpath ?? "") ? process.env.npm_execpath : undefined;
  const args = ["ci", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const [command, all] = cli === undefined ? ["npm", args] : [process.execPath, [cli, ...args]];
  const child = spawn(command, all, { cwd: folder, stdio: "ignore" });
  return new Promise((resolve, reject) => {
    child.on("error", () => reject(new Error("npm is not found")));
    child.on("close", (status) =>
      status === 0 ? resolve() : reject(new Error("its package could not be fetched (is the registry reachable?)")),
    );
  });
}

/** This platform's package, by its path in the lock. @throws as `lambdaNode` does */
function pinnedPackage(): [path: string, entry: { readonly version: string }] {
  const { packages } = JSON.parse(readFileSync(join(pinned, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string; os?: string; cpu?: string }>;
  };
  const found = Object.entries(packages).find(([, { os, cpu }]) => os === process.platform && cpu === process.arch);
  if (found === undefined) throw new Error(`no package of it is known for ${process.platform}-${process.arch}`);
  return found;
}
