// One container of a job: maps SageMaker's folder layout (/opt/ml) to a local folder, runs the step's own script there,
// and reads the files that it wrote.
// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html,
// https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { ExecutionFailed } from "../definition/expressions";
import { gzipSync } from "node:zlib";

/** Root of everything that SageMaker mounts into a container. */
const mount = "/opt/ml";

/** Maps a path in the container to this machine. @throws ExecutionFailed for a path outside /opt/ml */
export function localPath(folder: string, path: string): string {
  if (path !== mount && !path.startsWith(`${mount}/`)) throw new ExecutionFailed(`${path} is not under ${mount}`);
  return join(folder, relative(mount, path));
}

export interface Container {
  /** Local folder that stands for /opt/ml. */
  readonly folder: string;
  /** Path of the interpreter that is run for the image's `python3`. */
  readonly python: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
  /**
   * File under /opt/ml/output with the reason of a failure: `failure` of a training job, `message` of a processing job.
   */
  readonly reason: "failure" | "message";
  /** Called with each complete line of the script's stdout and stderr. */
  readonly say: (line: string) => void;
}

/**
 * Runs the container. @throws ExecutionFailed with the reason that the script wrote, or else its exit status or signal
 */
export async function runContainer(container: Container): Promise<void> {
  const { folder, python, command, timeout } = container;
  const [program = "", ...args] = command.map((argument) =>
    argument.startsWith(`${mount}/`) ? localPath(folder, argument) : argument,
  );
  if (program !== "python3") throw new ExecutionFailed(`only python3 runs here, not ${program}`);
  const child = spawn(python, args, {
    cwd: folder,
    // Nothing is inherited from this process, credentials least of all: a container would not have it either.
    env: {
      PATH: "/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: folder,
      ML_FOLDER: folder,
      // The virtual environment holds the locked packages, so the steps do not have to install them from wheels.
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

/** The failure reason that the script wrote: its first 1,024 characters, which is what SageMaker shows. */
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

/** Writes a file at a path of the container, and creates its parent folders. */
export function writeIn(folder: string, path: string, content: Buffer | string): void {
  const file = localPath(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** All files below a local folder, with their paths relative to it; none if the folder does not exist. */
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

// `model.tar.gz`, which SageMaker makes from the files that a training job leaves in its model folder.

const block = 512;

/** A gzipped POSIX ustar archive of regular files. @throws RangeError for a path of more than 99 bytes */
export function tarGz(files: readonly { readonly path: string; readonly content: Buffer }[]): Buffer {
  const parts = files.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(block * 2)]));
}

function header(path: string, size: number): Buffer {
  const name = Buffer.from(path);
  if (name.length > 99) throw new RangeError("a path is longer than 99 bytes");
  const head = Buffer.alloc(block);
  name.copy(head, 0);
  head.write("0000644\0", 100);
  head.write("0000000\0", 108);
  head.write("0000000\0", 116);
  head.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0", 136);
  head.write("        ", 148);
  head.write("0", 156);
  head.write("ustar\u000000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}
