// `npm start`: the command line around a local run.

import { resolve } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { ofType } from "../graph/resource";
import { environment } from "../contract";
import { readyLine, readyText } from "./console";
import { openHome } from "./home";
import { localOptions, usage } from "./options";
import { requestExample } from "./request-example";
import { type LocalRun, startRun } from "./run";
import { FileLog } from "./run-log";
import { watchFolders } from "./watch";

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = localOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { stack, set, json } = options;
  const log = new FileLog(openHome(projectRoot).logs, stack, json ? () => undefined : say);
  const run = await startRun({ stack, set, log, ...(options.port === undefined ? {} : { port: options.port }) });

  const models = resolve(projectRoot, String(set.modelsFolder ?? "models"));
  const unwatch = watchFolders([models, resolve(projectRoot, "lambda")], () => takeUp(run));
  stopOnSignals(async () => {
    unwatch();
    await run.close();
  });
  const text = json ? readyLine(run) : readyText(run, await example(run), log.file);
  process.stdout.write(`${text}\n`);
}

/** The request to print, from the model function where there is one. */
async function example(run: LocalRun): Promise<string | undefined> {
  for (const { inputs } of ofType(run.graph, "aws:lambda/function:Function")) {
    const { variables } = inputs.environment as { variables: Record<string, string> };
    const model = variables[environment.defaultModel];
    const alias = ofType(run.graph, "aws:lambda/alias:Alias").find(
      (found) => found.inputs.functionName === inputs.name,
    );
    if (model !== undefined && alias !== undefined) {
      return requestExample(run.functions, String(alias.outputs.arn), model);
    }
  }
  return undefined;
}

async function takeUp(run: LocalRun): Promise<void> {
  try {
    await run.reload();
    say("Changed sources are being served.");
  } catch (error) {
    say(`The change is not served; what was before still is: ${(error as Error).message}`);
  }
}

/** Ends the run once; a second signal ends the process at once. */
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
  say(`npm start: ${error.message}`);
  process.exit(1);
});
