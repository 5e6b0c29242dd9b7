// What the program costs before it serves anything: its archives, the start of its function, and its own evaluation.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { evaluate, projectRoot } from "../graph/evaluate";
import { type Archive, ofType } from "../graph/resource";
import type { Row } from "./handler";

/** Median of some runs, in milliseconds of wall time and of CPU, and the largest memory in MB. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const runs = 5;

export async function bench(): Promise<Row[]> {
  const work = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    return [...(await archives()), ...(await start(work)), ...evaluation(work)];
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function modelFiles(): Promise<Record<string, { asset: { text?: string } }>> {
  const { resources } = await evaluate({ stack: "dev" });
  const object = resources.find(({ name }) => name === "model-code")!;
  return ((object.inputs.source as Archive).archive as { files: never }).files;
}

async function archives(): Promise<Row[]> {
  const code = (await modelFiles())["model.js"]!.asset.text!;
  const library = ofType(await evaluate({ stack: "dev" }), "aws:s3/bucketObjectv2:BucketObjectv2").find(
    ({ name }) => name === "model-native-library",
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

/** A process that starts, loads the bundled function and predicts once, against one that does nothing. */
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
    () => cost([join(task, "first.js")], env),
    () => cost([join(task, "empty.js")], env),
  );
  return [
    { name: "process start to first prediction, to an empty process", ratio: first.wall / empty.wall, unit: "× wall" },
    { name: "process start to first prediction", ratio: first.wall - empty.wall, unit: "ms over an empty process" },
  ];
}

/** The program as it is, against the same program as most are written: root imports, type-checked by ts-node each time. */
function evaluation(work: string): Row[] {
  const naive = join(work, "naive");
  for (const folder of ["infra", "lambda", "graph", "models"])
    cpSync(join(projectRoot, folder), join(naive, folder), { recursive: true });
  for (const file of ["index.ts", "contract.ts", "tsconfig.json", "package.json", "Pulumi.yaml", "Pulumi.dev.yaml"]) {
    cpSync(join(projectRoot, file), join(naive, file));
  }
  symlinkSync(join(projectRoot, "node_modules"), join(naive, "node_modules"));
  const roots = `import * as aws from "@pulumi/aws";\nimport * as auth0 from "@pulumi/auth0";\nexport const roots = [aws.s3.Bucket, auth0.Client];\n`;
  writeFileSync(join(naive, "roots.ts"), roots);
  const evaluateIt = `require("./graph/evaluate").evaluate({ stack: "dev" }).then((graph) => process.exit(graph.resources.length > 20 ? 0 : 1));`;
  // As Pulumi's runner registers it (cmd/run/run.js), with the ts-node that Pulumi ships.
  const register = (transpileOnly: boolean) =>
    `const { tsnodeRequire, typescriptRequire: compiler } = require("@pulumi/pulumi/tsutils").typeScriptRequireStrings();
     require(tsnodeRequire).register({ compiler, transpileOnly: ${transpileOnly}, project: "tsconfig.json", compilerOptions: { noCheck: ${transpileOnly} } });`;
  writeFileSync(join(naive, "naive.js"), `${register(false)} require("./roots"); ${evaluateIt}`);
  writeFileSync(join(naive, "ours.js"), `${register(true)} ${evaluateIt}`);
  // As in CI, or after a change: ts-node keeps what it compiled before, and checks that no more.
  const env = { PATH: process.env.PATH ?? "", TS_NODE_CACHE: "false" };
  const [ours, theirs] = pair(
    () => cost([join(naive, "ours.js")], env, naive),
    () => cost([join(naive, "naive.js")], env, naive),
    3,
  );
  return [
    { name: "evaluating the program, to the naive way", ratio: ours.wall / theirs.wall, unit: "× wall" },
    { name: "evaluating the program, to the naive way", ratio: ours.cpu / theirs.cpu, unit: "× CPU" },
    { name: "evaluating the program, to the naive way", ratio: ours.memory / theirs.memory, unit: "× memory" },
  ];
}

/** Runs two costs in turn, so that a change of the machine's speed meets both, and takes the medians. */
function pair(one: () => Cost, other: () => Cost, times = runs): [Cost, Cost] {
  const costs: [Cost, Cost][] = [];
  for (let run = 0; run <= times; run++) costs.push([one(), other()]);
  const counted = costs.slice(1); // The first one warms the disk.
  return [median(counted.map(([cost]) => cost)), median(counted.map(([, cost]) => cost))];
}

function median(costs: readonly Cost[]): Cost {
  return [...costs].sort((one, other) => one.wall - other.wall)[Math.floor(costs.length / 2)]!;
}

/** @throws Error where the process fails: what failed cannot be compared */
function cost(args: readonly string[], env: Record<string, string>, cwd = projectRoot): Cost {
  const report =
    "process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); require('fs').writeSync(3, JSON.stringify([userCPUTime + systemCPUTime, maxRSS])); });";
  const preload = join(mkdtempSync(join(tmpdir(), "cost-")), "report.js");
  writeFileSync(preload, report);
  const before = performance.now();
  const run = spawnSync(process.execPath, ["--require", preload, ...args], {
    cwd,
    env,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const wall = performance.now() - before;
  if (run.status !== 0) throw new Error(`${args.join(" ")} failed: ${String(run.stderr)}`);
  const [micros, kilobytes] = JSON.parse(String(run.output[3])) as [number, number];
  return { wall, cpu: micros / 1000, memory: kilobytes / 1024 };
}
