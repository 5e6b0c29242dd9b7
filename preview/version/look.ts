// Takes the snapshot of a version in a process of its own, because each version is a different program: without
// credentials in its environment, and with a time limit.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Request } from "./evaluated";
import { endGroup, ifInterrupted } from "./interrupt";
import { readMessage } from "./message";
import type { Fault, Snapshot } from "./snapshot";
import { rulerFolder } from "./versions";

/** Longest duration of an evaluation of all stacks, in milliseconds. */
const patience = 5 * 60_000;

/**
 * @param request `root` is a folder that `equip` has prepared
 * @returns the snapshot, or why there is none; never rejects because of the version's code
 */
export function look(request: Request): Promise<Snapshot | Fault> {
  const root = realpathSync(request.root);
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", loader, join(root, rulerFolder, "preview/version/evaluated.ts")], {
    cwd: root,
    // No credentials: the code of a version under review may be a stranger's.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // A group of its own: what the version's code starts ends with it.
    detached: true,
  });
  const end = () => endGroup(child.pid);
  const forget = ifInterrupted(end);
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2_000)));
  const timer = setTimeout(end, patience);
  return new Promise((resolve) => {
    let answer: Snapshot | Fault | undefined;
    const finish = (result: Snapshot | Fault) => {
      clearTimeout(timer);
      forget();
      resolve(result);
    };
    child.on("error", (error) => finish({ fault: error.message }));
    child.on("message", (message) => (answer = readMessage(message)));
    // What it left running would keep its stderr open.
    child.on("exit", end);
    child.on("close", (code, signal) => {
      finish(answer ?? { fault: `the evaluation ended with ${code ?? signal}: ${firstLine(said, root)}` });
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
