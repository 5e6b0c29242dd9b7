// One container of a job: the folder layout of SageMaker's contract, the step's own script in it, and what it left behind.
// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html,
// https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { ExecutionFailed } from "./expressions";

/** Root of everything that the service mounts into a container. */
const mount = "/opt/ml";

/** Where a path of the container lies on this machine. @throws ExecutionFailed for one outside what is mounted */
export function localPath(folder: string, path: string): string {
  if (path !== mount && !path.startsWith(`${mount}/`)) throw new ExecutionFailed(`${path} is not under ${mount}`);
  return join(folder, relative(mount, path));
}

export interface Container {
  /** Stands for /opt/ml. */
  readonly folder: string;
  /** Interpreter that stands for the image's `python3`. */
  readonly python: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
  /** Where the reason of a failure is left: `failure` of a training job, `message` of a processing job. */
  readonly reason: "failure" | "message";
  /** Takes each line that the script writes. */
  readonly say: (line: string) => void;
}

/** Runs the container. @throws ExecutionFailed with the reason that the script left, or how it ended */
export async function runContainer(container: Container): Promise<void> {
  const { folder, python, command, timeout } = container;
  const [program = "", ...args] = command.map((word) =>
    word.startsWith(`${mount}/`) ? localPath(folder, word) : word,
  );
  if (program !== "python3") throw new ExecutionFailed(`only python3 runs here, not ${program}`);
  const child = spawn(python, args, {
    cwd: folder,
    // Nothing of this process's environment: a container has none of it, credentials least of all.
    env: {
      PATH: "/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: folder,
      ML_FOLDER: folder,
      // The environment holds the locked packages: nothing need be unpacked for each step.
      ML_PACKAGES: "installed",
      ...container.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeout * 1_000,
    killSignal: "SIGKILL",
  });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(container.say);
    });
  }
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (ended, by) => resolve([ended, by]));
  });
  if (code === 0) return;
  throw new ExecutionFailed(
    reasonIn(folder, container.reason) ??
      (signal === null ? `the script ended with status ${code}` : `the script was ended by ${signal}`),
  );
}

/** What the script left for the operator: its first 1,024 characters, as the service shows it. */
function reasonIn(folder: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(folder, "output", name), "utf8")
      .slice(0, 1024)
      .trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Writes a file of the container, with the folders above it. */
export function place(folder: string, path: string, content: Buffer | string): void {
  const file = localPath(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Files below a folder of the container, with their paths in it; none where it is not there. */
export function filesIn(folder: string): { path: string; content: Buffer }[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ path: relative(folder, file).split(sep).join("/"), content: readFileSync(file) }));
  } catch {
    return [];
  }
}
