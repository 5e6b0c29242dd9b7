// What the program costs before it serves anything: the size of its archives, and the start of the model function.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { evaluate, projectRoot } from "../graph/evaluate";
import { type Archive, ofType } from "../graph/resource";
import { median, type Row } from "./handler";

const runs = 5;

export async function bench(): Promise<Row[]> {
  const work = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    return [...(await archives()), ...(await start(work))];
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function modelFiles(): Promise<Record<string, { asset: { text?: string } }>> {
  const { resources } = await evaluate({ stack: "dev" });
  const object = resources.find(({ name }) => name === "model-code")!;
  return ((object.inputs.source as Archive).archive as { files: never }).files;
}

/** Sizes of the archives that a deployment uploads. */
export async function archives(): Promise<Row[]> {
  const code = (await modelFiles())["model.js"]!.asset.text!;
  const library = ofType(await evaluate({ stack: "dev" }), "aws:s3/bucketObjectv2:BucketObjectv2").find(
    ({ name }) => name === "native-library",
  )!;
  const files = Object.values(((library.inputs.source as Archive).archive as { files: Record<string, never> }).files);
  const bytes = files.map(({ asset }: { asset: { path: string } }) => statSync(asset.path).size);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  return [
    { name: "what a change of code uploads, zipped", ratio: gzipSync(code).length / 1024, unit: "KB" },
    { name: "the native library beside it, which stays", ratio: total / 1024 / 1024, unit: "MB" },
    { name: "the code to the library", ratio: code.length / total, unit: "× bytes" },
  ];
}

/** Wall time of a process that loads the bundled function and predicts once, compared with an empty process. */
async function start(work: string): Promise<Row[]> {
  const task = join(work, "task");
  mkdirSync(task);
  for (const [name, { asset }] of Object.entries(await modelFiles())) writeFileSync(join(task, name), asset.text!);
  const body = JSON.stringify({
    inputs: [{ name: "features", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }],
  });
  const event = {
    resource: "/mymodel",
    path: "/mymodel",
    httpMethod: "POST",
    headers: {},
    body,
    isBase64Encoded: false,
    requestContext: {},
  };
  writeFileSync(
    join(task, "first.js"),
    `require("./model").handler(${JSON.stringify(event)}).then((answer) => process.exit(answer.statusCode === 200 ? 0 : 1));`,
  );
  writeFileSync(join(task, "empty.js"), "");
  const env = {
    LAMBDA_TASK_ROOT: task,
    MODELS_DIR: join(projectRoot, "models"),
    DEFAULT_MODEL: "mymodel",
    NODE_PATH: join(projectRoot, "node_modules"),
  };
  const [first, empty] = pair(
    () => time(join(task, "first.js"), env),
    () => time(join(task, "empty.js"), env),
  );
  return [
    { name: "process start to first prediction, to an empty process", ratio: first / empty, unit: "× wall" },
    { name: "process start to first prediction", ratio: first - empty, unit: "ms over an empty process" },
  ];
}

/** Median times of both. They run alternately, so that a change in the machine's speed affects both. */
function pair(one: () => number, other: () => number): [number, number] {
  const times: [number, number][] = [];
  for (let run = 0; run <= runs; run++) times.push([one(), other()]);
  const counted = times.slice(1); // The first run warms the disk cache.
  return [median(counted.map(([time]) => time)), median(counted.map(([, time]) => time))];
}

/**
 * Milliseconds from a process's start to its end.
 * @throws Error if the process fails
 */
function time(script: string, env: Record<string, string>): number {
  const before = performance.now();
  const run = spawnSync(process.execPath, [script], { cwd: projectRoot, env, stdio: ["ignore", "ignore", "pipe"] });
  const after = performance.now();
  if (run.status !== 0) throw new Error(`${script} failed: ${String(run.stderr)}`);
  return after - before;
}
