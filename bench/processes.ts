// Processes from their start: the function to its first prediction, and two commands that people wait for.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { deployedFiles, event, models } from "./deployed";
import { small } from "./function-over-http";
import { type Row, takeTurns } from "./measure";

const turns = 10;

export async function bench(): Promise<Row[]> {
  const work = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    return [...(await functionRows(work)), ...graphRows(work), ...(await startRows())];
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** The function as Lambda starts it, to what it cannot do without: onnxruntime with the same model. */
async function functionRows(work: string): Promise<Row[]> {
  const task = join(work, "task");
  mkdirSync(task);
  for (const [path, text] of Object.entries(await deployedFiles())) writeFileSync(join(task, path), text);
  const scripts = {
    first: `require("./model").handler(${JSON.stringify(event(small))}).then((answer) => process.exit(answer.statusCode === 200 ? 0 : 1));`,
    bare: `const { InferenceSession, Tensor } = require("onnxruntime-node");
      const file = require("fs").readFileSync(${JSON.stringify(join(models, "mymodel/model.onnx"))});
      InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 })
        .then((session) => session.run({ features: new Tensor("float32", new Float32Array(4), [1, 4]) }))
        .then(() => process.exit(0));`,
    empty: "",
  };
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(task, `${name}.js`), text);
  const environment = {
    ...{ LAMBDA_TASK_ROOT: task, MODELS_DIR: models, DEFAULT_MODEL: "mymodel", METRICS_NAMESPACE: "bench" },
    NODE_PATH: join(projectRoot, "node_modules"),
  };
  const calls = Object.keys(scripts).map((name) => () => run([join(task, `${name}.js`)], environment) * 1000);
  for (const call of calls) call(); // Warms the disk's cache.
  const taken = (await takeTurns(turns, calls)) as [first: number, bare: number, empty: number][];
  return [
    {
      ...{
        id: "start-function",
        what: "the function's start to its first prediction, to onnxruntime's with the same model",
      },
      ...{ unit: "× wall", samples: taken.map(([first, bare]) => first / bare) },
    },
    {
      ...{
        id: "start-function-own",
        what: "the function's start to its first prediction, beyond an empty Node process",
      },
      ...{ unit: "ms", samples: taken.map(([first, , empty]) => first - empty) },
    },
  ];
}

/** What `npm run graph` runs, with the code compiled before. */
function graphRows(work: string): Row[] {
  const report = join(work, "report.json");
  const preload = join(work, "report.cjs");
  writeFileSync(
    preload,
    `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`,
  );
  const taken = Array.from({ length: turns }, () => {
    const seconds = run(["--require", preload, "run.mjs", "picture/cli.ts", "--stack", "dev"]);
    return { seconds, megabytes: Number(readFileSync(report, "utf8")) / 1024 };
  }).slice(1);
  const what = "`npm run graph -- --stack dev`";
  return [
    { id: "graph", what, unit: "s", samples: taken.map(({ seconds }) => seconds) },
    { id: "graph-memory", what: `${what}, peak memory`, unit: "MB", samples: taken.map(({ megabytes }) => megabytes) },
  ];
}

/** What `npm start` runs, until it says that Ctrl-C stops it, which it does once it serves. */
async function startRows(): Promise<Row[]> {
  const samples: number[] = [];
  for (let turn = 0; turn <= 4; turn++) {
    const before = performance.now();
    const started = spawn(process.execPath, ["run.mjs", "local/commands/start.ts", "--port", "0"], {
      ...{ cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] },
    });
    let said = "";
    await new Promise<void>((resolve, reject) => {
      started.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Ctrl-C")) resolve();
      });
      started.on("exit", () => reject(new Error(`npm start ended: ${said}`)));
    });
    const seconds = (performance.now() - before) / 1000;
    const ended = once(started, "exit");
    started.kill("SIGINT");
    await ended;
    if (turn > 0) samples.push(seconds); // The first compiles, and makes what a run keeps.
  }
  return [{ id: "start", what: "`npm start`, from the second time on, until it serves", unit: "s", samples }];
}

/** Seconds from a process's start to its end. @throws Error if it fails */
function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    ...{ cwd: projectRoot, env, stdio: ["ignore", "ignore", "pipe"] },
  });
  const seconds = (performance.now() - before) / 1000;
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${String(stderr)}`);
  return seconds;
}
