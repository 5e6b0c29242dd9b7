// Starts a local run and calls it with the Python clients: run.py gets its URL, CA certificate and API key as arguments.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { serveStack } from "../local/served";

async function main(): Promise<void> {
  const python = process.argv[2]!;
  const { run } = await serveStack();
  const args = ["--url", run.apis[0]!.url, "--ca", run.ca, "--header", `x-api-key: ${run.credentials.apiKey!}`];
  const child = spawn(python, [join(__dirname, "run.py"), ...args, "--model", "mymodel"], { stdio: "inherit" });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  await run.close();
  process.exit(code ?? 1);
}

void main();
