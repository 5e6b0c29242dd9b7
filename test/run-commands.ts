// Runs commands of the project in one process, since each alone would load for a second: as a module for tests, or as a
// program (`node run.mjs test/run-commands.ts '[["picture/cli.ts", "--help"], …]'`), which ends only if no command goes on.

import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts a command as run.mjs does, and waits until it prints: what it is asked for here, it prints at its end, at once.
 * @param file relative to the project's root
 * @param env the command's whole environment
 */
export async function runCommand(file: string, args: readonly string[], env = process.env): Promise<Ended> {
  const path = join(projectRoot, file);
  const { argv, env: ownEnv, exitCode, exit, stdout, stderr } = process;
  const writes = { stdout: stdout.write, stderr: stderr.write };
  const printed = { stdout: "", stderr: "" };
  Object.assign(process, { argv: [process.execPath, path, ...args], env, exitCode: undefined });
  try {
    await new Promise<void>((done) => {
      for (const name of ["stdout", "stderr"] as const)
        process[name].write = (text: string | Uint8Array) => {
          printed[name] += String(text);
          // Node passes on what a child that it waits for has complained of, such as the compiler: mostly nothing.
          if (printed[name] !== "") setImmediate(done);
          return true;
        };
      process.exit = ((code: number) => void (process.exitCode = code)) as typeof process.exit;
      Reflect.deleteProperty(require.cache, path);
      require(path);
    });
    return { code: Number(process.exitCode ?? 0), ...printed };
  } finally {
    Object.assign(stdout, { write: writes.stdout });
    Object.assign(stderr, { write: writes.stderr });
    Object.assign(process, { argv, env: ownEnv, exitCode, exit });
  }
}

async function main(): Promise<void> {
  const ended: Ended[] = [];
  for (const [file, ...args] of JSON.parse(process.argv[2]!) as string[][]) ended.push(await runCommand(file!, args));
  process.stdout.write(JSON.stringify(ended));
}

if (process.argv[1] === __filename) void main();
