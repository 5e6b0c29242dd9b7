// What `npm start` does once its options are read: it serves a stack, and again whenever a source changes, until it is stopped.

import { relative, resolve } from "node:path";
import { CallLog, withCalls } from "../../console/call-log";
import { openConsole } from "../../console/server";
import { projectRoot } from "../../graph/evaluate";
import { withGivenCures } from "../../graph/given-cures";
import type { Graph } from "../../graph/resource";
import { readyLine, readyText } from "./ready-text";
import { openHome } from "../base/home";
import { readRunFiles, writeRunFile } from "../base/run-files";
import { reportModels } from "../run/model-report";
import { type LocalRun, startRun } from "../run/run";
import { spanExporter } from "../tracing/exporter";
import { FileLog } from "../run/run-log";
import { exampleRequest } from "../run/printed-example";
import { servedModels } from "../run/served-models";
import { servedStack } from "../run/served-stack";
import { watchFolders } from "../base/watch";
import { modelsWithTransform, writeTypes } from "../../transforms/write-types";
import type { LocalOptions } from "./start-options";

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Resolves once the stack is served; a signal ends the process. @throws Unenforceable, and whatever the program throws */
export async function serve(options: LocalOptions): Promise<void> {
  const { stack, set, json } = options;
  const home = openHome(projectRoot);
  const others = readRunFiles<{ readonly stack: string }>(home.runs, "verify");
  const shared = others.some((other) => other.stack === stack);
  const log = new FileLog(home.logs, stack, shared, json ? () => undefined : say);
  const tell = json ? () => undefined : say;
  const models = resolve(projectRoot, String(set.modelsFolder ?? "models"));
  refreshTypes(models);
  const spans = spanExporter(process.env, `model-serving-${stack}`, tell);
  const calls = options.console ? new CallLog() : undefined;
  const run = await startRun({
    stack,
    set,
    log: calls === undefined ? log : withCalls(log, calls),
    tell,
    ...(calls === undefined && spans === undefined
      ? {}
      : {
          watch: (call) => {
            calls?.keep(call);
            spans?.call(call);
          },
        }),
    lambdaNode: true,
    engines: options.engines,
    ...(options.port === undefined ? {} : { port: options.port }),
    inspect: options.inspect,
  }).catch((error: unknown) => {
    throw withGivenCures(error, set);
  });
  const console = calls && (await openConsole({ run, set, log: calls, ...(options.port === 0 ? { port: 0 } : {}) }));
  const removeRunFile = writeRunFile(home.runs, "verify", servedStack(run, set));

  const report = (graph: Graph) => reportModels(graph, home.models, tell);
  const sources = ["lambda", "onnx"].map((folder) => resolve(projectRoot, folder));
  const unwatch = watchFolders([models, ...sources], () => reload(run, models, report), say);
  stopOnSignals(async () => {
    unwatch();
    removeRunFile();
    await console?.close();
    await spans?.close();
    await run.close();
  });
  process.stdout.write(`${json ? readyLine(run, console?.url) : await text(run, models, log.file, console?.url)}\n`);
  await report(run.graph);
}

async function text(run: LocalRun, folder: string, logFile: string, console: string | undefined): Promise<string> {
  const models = servedModels(run.graph);
  const example = models && (await exampleRequest(run.functions, models, folder));
  return readyText(run, models, example, { logFile, console });
}

async function reload(run: LocalRun, folder: string, report: (graph: Graph) => Promise<void>): Promise<void> {
  try {
    refreshTypes(folder);
    const graph = await run.reload();
    say("Changed sources are being served.");
    await report(graph);
  } catch (error) {
    say(`The change is not served; the previous version still is: ${(error as Error).message}`);
  }
}

/** A transform imports the types of its model, so they are written before it is bundled. What of that fails stops nothing. */
function refreshTypes(folder: string): void {
  for (const model of modelsWithTransform(folder))
    try {
      for (const file of writeTypes(folder, [model])) say(`${relative(".", file)} is written: the model's types.`);
    } catch (error) {
      say(`${model}: its types cannot be written: ${(error as Error).message}`);
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
