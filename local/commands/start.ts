// `npm start`: the command line around a local run.

import { resolve } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import { requireStack } from "../../graph/project";
import { readyLine, readyText } from "./console";
import { Unenforceable } from "../base/unenforceable";
import { openHome } from "../base/home";
import { type LocalRun, startRun } from "../run/run";
import { FileLog } from "../run/run-log";
import { servedModels, requestExample } from "../run/served-models";
import { watchFolders } from "../base/watch";
import { parseOptions, readSet, stackOptionTypes, type StackOptions, UsageError } from "../../graph/options";

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = localOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { stack, set, json } = options;
  requireStack(projectRoot, stack); // Before a file name is built from it.
  const log = new FileLog(openHome(projectRoot).logs, stack, json ? () => undefined : say);
  const tell = json ? () => undefined : say;
  const run = await startRun({ stack, set, log, tell, ...(options.port === undefined ? {} : { port: options.port }) });

  const models = resolve(projectRoot, String(set.modelsFolder ?? "models"));
  const unwatch = watchFolders([models, resolve(projectRoot, "lambda")], () => reload(run), say);
  stopOnSignals(async () => {
    unwatch();
    await run.close();
  });
  process.stdout.write(`${json ? readyLine(run) : await text(run, log.file)}\n`);
}

async function text(run: LocalRun, logFile: string): Promise<string> {
  const models = servedModels(run.graph);
  const body = models && (await requestExample(run.functions, models.functionArn, models.standard));
  return readyText(run, models, body, logFile);
}

async function reload(run: LocalRun): Promise<void> {
  try {
    await run.reload();
    say("Changed sources are being served.");
  } catch (error) {
    say(`The change is not served; the previous version still is: ${(error as Error).message}`);
  }
}

/** The first signal closes the run; a second one exits immediately. */
function stopOnSignals(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      void close().finally(() => process.exit(0));
    });
  }
}

main().catch((error: Error) => {
  say(`npm start: ${error instanceof Unenforceable ? "this cannot be served locally: " : ""}${error.message}`);
  process.exit(1);
});

// Options of `npm start`.

interface LocalOptions extends StackOptions {
  /** Port of the first API. Undefined: the usual port, or any free one if it is in use. 0: any free port. */
  readonly port?: number;
  /** Print one JSON line on stdout once ready, and nothing else there. */
  readonly json: boolean;
}

const usage = `npm start -- [options]

  --stack NAME       stack to serve: dev (default), prod
  --set key=value    override a setting; repeatable
  --models DIR       folder of the models, one folder each: <name>/model.onnx
  --port N           port of the first API (default 8443, or a free one where that is taken; 0: any free one)
  --json             once ready, print one JSON line on stdout
  -h, --help         print this`;

/** Folder in which the command was typed: npm runs scripts in the project's folder and passes it in INIT_CWD. */
const typedIn = process.env["npm_lifecycle_event"] === "start" ? (process.env["INIT_CWD"] ?? ".") : ".";

/** @returns undefined if help was requested. @throws UsageError naming the argument */
function localOptions(args: string[]): LocalOptions | undefined {
  const { stack, set, models, port, json, help } = parseOptions(args, {
    ...stackOptionTypes,
    models: { type: "string" },
    port: { type: "string" },
    json: { type: "boolean", default: false },
  });
  if (help) return undefined;
  return {
    stack,
    set: { ...readSet(set), ...(models === undefined ? {} : { modelsFolder: resolve(typedIn, models) }) },
    json,
    ...(port === undefined ? {} : { port: portNumber(port) }),
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port ${text}: a port is a whole number from 0 to 65535`);
}
