// What an operator does in a terminal during a local run: `npm run rotate`, and the commands in README.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../graph/evaluate";
import { regions, type RotatingRun } from "./a-run";

/** Runs `npm run rotate` with these arguments. @returns its stdout. @throws Error with its stderr if it fails */
export function runRotate(rotating: RotatingRun, ...args: string[]): Promise<string> {
  const command = ["--require", join(projectRoot, "compile.cjs"), join(projectRoot, "local/commands/rotate.ts"), "--pid", String(process.pid)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...command, ...args], { cwd: projectRoot }, (error, stdout, stderr) => {
      rotating.printed.push(stdout, stderr);
      if (error) reject(new Error(stderr || error.message));
      else resolve(stdout);
    });
  });
}

/** The two documented commands for adopting an API key; for a client, changed as the document describes. */
export function documentedCommands(client?: string): string[] {
  const text = readFileSync(join(projectRoot, "docs/secrets.md"), "utf8");
  const [, block, rest] = /## Putting in an API key of your own[\s\S]*?```sh\n([\s\S]*?)```([\s\S]*?)\n## /.exec(text)!;
  const lines = block!.trim().split("\n");
  if (client === undefined) return lines;
  const [, own, shared] = /put the client's secret, `([^`]+)`, in place of\s+`([^`]+)`/.exec(rest!)!;
  return lines.map((line) => line.replaceAll(shared!, own!.replace("acme", client)));
}

/**
 * Adopts a key value with these commands, in a temporary folder.
 * @param between called between the two commands
 * @returns the function's answer to the second command
 */
export async function putIn(
  rotating: RotatingRun,
  value: string,
  [store, adopt]: readonly string[],
  between: () => void = () => undefined,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "adopt-"));
  try {
    writeFileSync(join(folder, "key.json"), JSON.stringify({ apiKey: value }));
    await shell(rotating, store!, folder);
    between();
    await shell(rotating, adopt!, folder);
    return readFileSync(join(folder, "answer.json"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function shell({ run, aws, printed }: RotatingRun, command: string, cwd: string): Promise<string> {
  const { accessKeyId, secretAccessKey } = aws.operator;
  const env = {
    PATH: `${join(projectRoot, "test/local/aws/commands")}:${process.env["PATH"]}`,
    PROJECT: projectRoot,
    NODE_EXTRA_CA_CERTS: run.ca,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    RUN: JSON.stringify({ endpoint: aws.url, accessKeyId, secretAccessKey }),
    STACK: JSON.stringify({ outputs: run.graph.outputs, settings: { secretsRegion: regions.secret } }),
  };
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", command], { cwd, env }, (error, stdout, stderr) => {
      printed.push(stdout, stderr);
      if (error) reject(new Error(stderr || error.message));
      else resolve(stdout);
    });
  });
}
