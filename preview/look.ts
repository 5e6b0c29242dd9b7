// Takes the snapshot of a version in a process of its own, since each version is another program: without credentials, and
// with a time limit.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Request } from "./evaluated";
import type { Fault, Snapshot } from "./snapshot";
import { rulerFolder } from "./versions";

/** Longest that an evaluation of all stacks may take, in milliseconds. */
const patience = 5 * 60_000;

/** @param request where, and by which date; `root` is an equipped folder @returns the snapshot, or why there is none */
export function look(request: Request): Promise<Snapshot | Fault> {
  const root = realpathSync(request.root);
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", loader, join(root, rulerFolder, "preview/evaluated.ts")], {
    cwd: root,
    // Nothing of an account: a version under review runs with what a stranger's may see.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2_000)));
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  return new Promise((resolve) => {
    let answer: Snapshot | Fault | undefined;
    child.on("error", (error) => resolve({ fault: error.message }));
    child.on("message", (message: { snapshot: Snapshot } | Fault) => {
      answer = "snapshot" in message ? message.snapshot : message;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(answer ?? { fault: `the evaluation ended with ${code ?? signal}: ${firstLine(said, root)}` });
    });
    child.send({ ...request, root });
  });
}

/** What Node says of an error: the line that names it. */
function firstLine(text: string, root: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? "no reason given").replaceAll(root, ".");
}
