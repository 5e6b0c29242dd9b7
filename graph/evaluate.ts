// Evaluates the Pulumi program without an engine, a cloud or an account: settings in, resource graph out.

import { resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { stackSettings } from "./project";
import { Recorder } from "./recorder";
import type { Graph } from "./resource";

export interface EvaluateOptions {
  /** Stack whose file `Pulumi.<stack>.yaml` is read. */
  readonly stack: string;
  /** Settings that override the stack's, as strings, numbers, booleans, arrays or objects. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Fill account settings that stand in no stack file from the documented examples; true by default. */
  readonly examples?: boolean;
  /** Folder of the project; the one of this file by default. */
  readonly root?: string;
  /** Makes simulated secrets (API keys, client secrets) unguessable; the same everywhere without. */
  readonly seed?: Buffer;
}

/** The project's folder. */
export const projectRoot = resolve(__dirname, "..");

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `index.ts` once under mocks. Evaluations of one process take turns: Pulumi's runtime has one state a process.
 * @throws what the program throws: a settings fault lists every fault, each with its cure.
 */
export function evaluate(options: EvaluateOptions): Promise<Graph> {
  const mine = turn.then(() => evaluateNow(options));
  turn = mine.catch(() => undefined);
  return mine;
}

async function evaluateNow(options: EvaluateOptions): Promise<Graph> {
  const root = options.root ?? projectRoot;
  const { project, config, examples } = stackSettings(root, options.stack, options.set ?? {}, options.examples ?? true);
  const recorder = new Recorder(project, options.stack, options.seed);
  // Evaluated as a preview: an output that the simulation lacks is then a marker that the recorder refuses, where an
  // update would make the input that depends on it vanish without a trace.
  runtime.setMockOptions(recorder, project, options.stack, true, "organization");
  runtime.setAllConfig(config, []);

  const failures: unknown[] = [];
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const note = (error: unknown) => {
    failures.push(error);
    stop();
  };
  process.on("unhandledRejection", note);
  // Pulumi records a stack trace for each output property; without, an evaluation takes a third of the time.
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  // A bundler at work does not keep a process alive; the engine's connection, which would, is not there.
  const alive = setInterval(() => undefined, 60_000);
  let outputs: Readonly<Record<string, unknown>> = {};
  try {
    const { default: program } = (await import(`${root}/index`)) as { default: () => Promise<Record<string, unknown>> };
    // What a failure leaves unregistered is waited for in vain: the first failure ends the evaluation.
    await Promise.race([stopped, runtime.runInPulumiStack(program).then(() => runtime.disconnect(), note)]);
    // A failure inside a component also surfaces as a rejection that nobody handles, one turn later.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    clearInterval(alive);
    Error.stackTraceLimit = depth;
    process.off("unhandledRejection", note);
  }
  if (failures.length > 0) {
    forgetPending();
    throw failures[0];
  }
  const resources = recorder.found().filter((resource) => {
    if (resource.type !== "pulumi:pulumi:Stack") return true;
    outputs = resource.outputs;
    return false;
  });
  return { stack: options.stack, resources, examples: used(examples, resources), outputs };
}

/** What a failure left waiting would otherwise be reported as a leak when the process ends, with its exit status changed. */
function forgetPending(): void {
  const debuggable = require("@pulumi/pulumi/runtime/debuggable") as { leakedPromises(): unknown };
  debuggable.leakedPromises();
}

/** Which of the example values stand somewhere in the graph. */
function used(examples: Readonly<Record<string, unknown>>, resources: Graph["resources"]): string[] {
  const text = JSON.stringify(resources.map(({ inputs }) => inputs));
  return Object.keys(examples).filter((key) => text.includes(JSON.stringify(examples[key]).slice(1, -1)));
}
