// `npm run test:all`: the tests that take longer than `npm test` or need more than Node: the real Pulumi engine (built with
// Go), Lambda's own Node.js, the mutants of prod's graph, the training pipeline, the SageMaker SDK, what exports models, a Triton server and real clients (Python), and actionlint. A part whose tool is missing is reported, and fails in CI.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { runtime } from "../bundling";
import { openHome } from "../local/base/home";
import { lambdaNode } from "../local/functions/node/lambda-node";
import { findChromium } from "./browser/chromium";

interface Part {
  readonly name: string;
  /** The missing tool, and how to get it; `undefined` if nothing is missing. */
  missing(): string | undefined;
  /** Whether it passed. */
  run(): Promise<boolean>;
}

/** The clients' virtual environment, kept between runs because it takes a minute to install. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "model-serving-clients");

/** The linter for GitHub Actions workflows; built with Go if it is not installed. */
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";

const say = (line: string): undefined => void process.stdout.write(`${line}\n`);

const has = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Major version of the Node.js that the functions are declared for. */
const lambdaMajor = runtime.node.slice("node".length);

/** The tests that start functions or load their code. */
const runsFunctions = ["test/lambda", "test/local/functions", "test/local/gateway", "test/local/aws"];

const parts: readonly Part[] = [
  {
    name: "the real Pulumi engine",
    missing: () =>
      has("pulumi", "version") || existsSync(join(cache, "../model-serving-engine"))
        ? undefined
        : "no Pulumi CLI: install it, or run test/engine/get-engine.sh",
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/engine"]),
  },
  {
    name: `everything that runs functions, on Lambda's Node.js ${lambdaMajor}`,
    missing: () => (has("npm", "--version") ? undefined : "no npm"),
    run: async () => {
      const node = await lambdaNode(lambdaMajor, openHome(projectRoot).node, say).catch((error: Error) =>
        say(error.message),
      );
      return node !== undefined && passes(node, ["run.mjs", "test/run.ts", ...runsFunctions]);
    },
  },
  {
    name: "the functions' code, on Node.js 22",
    missing: () => (has("npm", "--version") ? undefined : "no npm"),
    run: async () => {
      const node = await node22();
      return node !== undefined && passes(node, ["run.mjs", "test/run.ts", "test/lambda"]);
    },
  },
  {
    name: "the mutants of prod's graph that the policy pack or the access matrix notices",
    missing: () => undefined,
    run: () => passes(process.execPath, ["run.mjs", "test/mutation/run.ts"]),
  },
  {
    name: "the training pipeline and its steps",
    missing: () => (has("python3", "-m", "venv", "--help") ? undefined : "no python3 with venv"),
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/training"]),
  },
  {
    name: "the training pipeline's definition and requests, against the SageMaker SDK",
    missing: () => (has("python3", "-m", "venv", "--help") ? undefined : "no python3 with venv"),
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/sdk"]),
  },
  {
    name: "the lines of docs/models.md: scikit-learn, LightGBM, XGBoost; PyTorch and Hugging Face with TORCH_PYTHON; not TensorFlow",
    missing: () => (has("python3", "-m", "venv", "--help") ? undefined : "no python3 with venv"),
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/exports"]),
  },
  {
    name: "the engine of an endpoint, against a Triton server",
    missing: () =>
      process.platform !== "linux"
        ? "Triton's package is for Linux alone"
        : has("python3", "-m", "venv", "--help")
          ? undefined
          : "no python3 with venv",
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/engines"]),
  },
  {
    name: "the console, in a real browser",
    missing: () =>
      findChromium() === undefined ? "no Chromium: install it, or set CHROMIUM to the path of one" : undefined,
    run: () => passes(process.execPath, ["run.mjs", "test/run.ts", "test/browser"]),
  },
  {
    name: "the workflows, by actionlint",
    missing: () => (has("actionlint", "-version") || has("go", "version") ? undefined : "neither actionlint nor Go"),
    run: () => {
      return has("actionlint", "-version") ? passes("actionlint", []) : passes("go", ["run", actionlint]);
    },
  },
  {
    name: "real clients: tritonclient, kserve, mlserver",
    missing: () => (has("python3", "-m", "venv", "--help") ? undefined : "no python3 with venv"),
    run: async () => (await clients()) && passes(process.execPath, ["run.mjs", "test/clients/served.ts", python()]),
  },
];

const python = () => join(cache, "bin/python");

/** Creates the clients' virtual environment if necessary, and installs the packages. @returns whether that succeeded */
async function clients(): Promise<boolean> {
  const requirements = join(projectRoot, "test/clients/requirements.txt");
  if (!existsSync(python()) && !(await passes("python3", ["-m", "venv", cache]))) return false;
  return passes(python(), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
}

/** The newest Node.js 22, between the oldest that runs this project and Lambda's. @returns its path, unless npm fails */
async function node22(): Promise<string | undefined> {
  const system = `${process.platform}-${process.arch}`;
  const name = `node-${system === "darwin-arm64" ? "bin-" : ""}${system}`;
  const folder = join(cache, "../model-serving-node");
  const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const installed = await passes("npm", ["install", "--prefix", folder, ...options, `${name}@22`]);
  return installed ? join(folder, "node_modules", name, "bin/node") : undefined;
}

function passes(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((done) => {
    child.on("error", () => done(false));
    child.on("close", (code) => done(code === 0));
  });
}

async function main(): Promise<void> {
  let [passed, failed] = [0, 0];
  for (const { name, missing, run } of parts) {
    const lacks = missing();
    process.stdout.write(`\n— ${name}${lacks === undefined ? "" : `: not run (${lacks})`}\n`);
    if (lacks === undefined ? await run() : process.env.CI === undefined) passed += lacks === undefined ? 1 : 0;
    else failed++;
  }
  process.stdout.write(`\nparts: ${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}

void main();
