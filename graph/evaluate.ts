// Evaluates the Pulumi program without an engine or a cloud account: settings in, resource graph out.

import { relative, resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { traced } from "./untraced";
import { stackSettings } from "./project";
import { Recorder } from "./recorder";
import type { Graph } from "./resource";

export interface EvaluateOptions {
  /** Name of the stack, whose file `Pulumi.<stack>.yaml` is read. */
  readonly stack: string;
  /** Settings that override the stack's, by key: strings, numbers, booleans, arrays or objects. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Whether account settings that no stack file contains are filled from the documented examples; true by default. */
  readonly examples?: boolean;
  /** Project folder; by default the one that contains this file. */
  readonly root?: string;
  /** Secret from which simulated secrets (API keys, client secrets) derive; without it anyone can compute them. */
  readonly seed?: Buffer;
}

/** The project's folder. */
export const projectRoot = resolve(__dirname, "..");

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `index.ts` once under mocks. Evaluations in one process run in turn, because Pulumi's runtime state is global.
 * @throws whatever the program throws; invalid settings give one error that lists every fault with its remedy
 */
export function evaluate(options: EvaluateOptions): Promise<Graph> {
  return inTurn(async () => (await evaluateNow(options)).graph);
}

/**
 * The source line that made each resource, by URN: `infra/base/keys.ts:12`. The program runs once more for it, and longer.
 * @throws as `evaluate`
 */
export function sourceLines(options: EvaluateOptions): Promise<ReadonlyMap<string, string>> {
  const root = options.root ?? projectRoot;
  const { sourceLines: original } = require("../compile.cjs") as { sourceLines: (text: string) => string };
  return inTurn(async () => {
    const { lines } = await traced(() => evaluateNow(options));
    const shown = (place: string): string => relative(root, original(place)).replace(/:\d+$/, "");
    return new Map([...lines].map(([urn, place]) => [urn, shown(place)]));
  });
}

function inTurn<T>(evaluation: () => Promise<T>): Promise<T> {
  const mine = turn.then(evaluation);
  turn = mine.catch(() => undefined);
  return mine;
}

async function evaluateNow(options: EvaluateOptions): Promise<{ graph: Graph; lines: ReadonlyMap<string, string> }> {
  const root = options.root ?? projectRoot;
  const { project, config, examples } = stackSettings(root, options.stack, options.set ?? {}, options.examples ?? true);
  const recorder = new Recorder(project, options.stack, options.seed);
  // Evaluated as a preview: an output that the simulation lacks then becomes an unknown value, which the recorder
  // refuses. In an update it would be undefined, and inputs that depend on it would silently be missing.
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
  // Pulumi records a stack trace per output property; without them an evaluation takes a third of the time.
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  // Keeps the process alive while the bundler runs; normally the connection to the engine does that.
  const alive = setInterval(() => undefined, 60_000);
  let outputs: Readonly<Record<string, unknown>> = {};
  try {
    const { default: program } = (await import(`${root}/index`)) as { default: () => Promise<Record<string, unknown>> };
    // The first failure ends the evaluation: waiting for registrations that it has prevented would hang.
    await Promise.race([stopped, runtime.runInPulumiStack(program).then(() => runtime.disconnect(), note)]);
    // A failure inside a component also surfaces as an unhandled rejection, one turn of the event loop later.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    clearInterval(alive);
    Error.stackTraceLimit = depth;
    process.off("unhandledRejection", note);
  }
  if (failures.length > 0) throw failures[0];
  const resources = recorder.found().filter((resource) => {
    if (resource.type !== "pulumi:pulumi:Stack") return true;
    outputs = resource.outputs;
    return false;
  });
  const graph = { stack: options.stack, resources, examples: used(examples, resources), outputs };
  return { graph, lines: recorder.lines };
}

/** Keys of the example values that occur in the inputs of some resource. */
function used(examples: Readonly<Record<string, unknown>>, resources: Graph["resources"]): string[] {
  const text = JSON.stringify(resources.map(({ inputs }) => inputs));
  return Object.keys(examples).filter((key) => text.includes(JSON.stringify(examples[key]).slice(1, -1)));
}
