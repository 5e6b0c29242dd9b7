// A real Triton server, as the package nvidia-pytriton brings it, over the repositories that the program would upload. Its ONNX
// backend is not in the package, so a model of its Python backend runs the same file by the same runtime.

import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Graph } from "../../graph/resource";
import { declaredEndpoints } from "../../local/endpoints/declared-endpoint";
import { repositoryFolder } from "../../local/endpoints/repository-folder";

export interface Triton {
  /** Base URL of its V2 API. */
  readonly url: string;
  /** Port of SageMaker's container contract; 0: it was not asked for. */
  readonly containerPort: number;
  close(): Promise<void>;
}

/** Milliseconds within which it has to be ready. */
const patience = 120_000;

/**
 * Writes the repositories of a graph's endpoints below one folder.
 * @returns the folder, and the model's name in it by the endpoint's name
 */
export function repositories(graph: Graph): { folder: string; models: Map<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), "triton-"));
  const models = new Map<string, string>();
  for (const { name, model, files } of declaredEndpoints(graph)) {
    const made = repositoryFolder(files, join(folder, "made"));
    mkdirSync(join(folder, "models"), { recursive: true });
    cpSync(made, join(folder, "models"), { recursive: true });
    copyFileSync(join(__dirname, "model.py"), join(folder, "models", model, "1/model.py"));
    const config = readFileSync(join(folder, "models", model, "config.pbtxt"), "utf8");
    // As the program writes it but for what this server does not have.
    const own = config.replace(/backend: .*/, 'backend: "python"').replace(/max_batch_size.*|dynamic_batching.*/g, "");
    writeFileSync(join(folder, "models", model, "config.pbtxt"), own);
    models.set(name, model);
  }
  return { folder, models };
}

/**
 * @param folder of `repositories`, which is removed at the end
 * @param container model that it serves by SageMaker's contract, on all addresses: only within a network of its own
 */
export async function startTriton(python: string, folder: string, container?: string): Promise<Triton> {
  const site = join(dirname(dirname(python)), "lib");
  const packages = join(
    site,
    readdirSync(site).find((name) => name.startsWith("python"))!,
    "site-packages",
  );
  const server = join(packages, "pytriton/tritonserver");
  const version = /python([\d.]+)/.exec(packages)![1]!;
  cpSync(join(server, "backends/python"), join(folder, "backends/python"), { recursive: true });
  const stub = "triton_python_backend_stub";
  copyFileSync(join(server, "python_backend_stubs", version, stub), join(folder, "backends/python", stub));
  const [port, containerPort] = [await freePort(), container === undefined ? 0 : await freePort()];
  const options = [
    `--model-repository=${join(folder, "models")}`,
    `--backend-directory=${join(folder, "backends")}`,
    ...["--allow-grpc=false", "--allow-metrics=false", "--http-address=127.0.0.1", `--http-port=${port}`],
    ...(container === undefined ? [] : ["--allow-sagemaker=true", `--sagemaker-port=${containerPort}`]),
  ];
  const env = {
    PATH: `${dirname(python)}:/usr/bin:/bin`,
    VIRTUAL_ENV: dirname(dirname(python)),
    PYTHONPATH: packages,
    LD_LIBRARY_PATH: join(packages, "nvidia_pytriton.libs"),
    SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: container ?? "",
  };
  const child = spawn(join(server, "bin/tritonserver"), options, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  // Its two front ends begin one after the other: each has to say itself that it is there.
  const health = [
    `${url}/v2/health/ready`,
    ...(container === undefined ? [] : [`http://127.0.0.1:${containerPort}/ping`]),
  ];
  const close = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + patience;
  for (;;) {
    const ready = await Promise.all(
      health.map(async (each) => (await fetch(each).catch(() => undefined))?.ok === true),
    );
    if (!ready.includes(false)) return { url, containerPort, close };
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      await close();
      throw new Error(`Triton did not start: ${said.trim().split("\n").slice(-5).join("\n")}`);
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await gone;
  clearTimeout(late);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
