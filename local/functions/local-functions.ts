// The functions of the program, run on this machine in separate processes, so that none of them can stop the gateway.

import { join } from "node:path";
import type { Graph } from "../../graph/resource";
import { environment } from "../../contract";
import { Unenforceable } from "../base/unenforceable";
import { bundleRuntime, deploy, type Deployment, type Variables } from "./deploy";
import { Environment } from "./environments/environment";
import { removeUnused } from "./code/folder";
import type { Functions, Invocation, InvokeOptions } from "./environments/invocation";
import { FunctionSet, arnsOf } from "./function-set";
import { heldMs, InspectorPorts } from "./inspector-ports";
import type { NodeByRuntime } from "./node/lambda-node";
import type { LogLine } from "./environments/log-lines";
import { Dispatcher } from "./environments/dispatcher";
import { OrphanCleanup } from "./environments/orphan-cleanup";

export interface LocalFunctionsOptions {
  /** Folder for code, layers and the runtime; may be shared by runs and kept between them. */
  readonly workDirectory: string;
  /** The project's root, whose `node_modules` contain the native libraries for this machine. */
  readonly projectRoot: string;
  /** Receives each line that a function writes. */
  readonly log: (line: LogLine) => void;
  /**
   * Variables on top of each function's own, for example `NODE_EXTRA_CA_CERTS`: the same for all, or by function name.
   * Nothing else of this process's environment is passed on.
   */
  readonly variables?: Variables;
  /** Lambda's Node.js by runtime; functions of other runtimes are run by this process's. */
  readonly nodes?: NodeByRuntime;
  /**
   * Called with the initialised functions of a new graph before they take over. If it rejects, the previous ones stay.
   */
  readonly prove?: (graph: Graph, next: Functions) => Promise<void>;
  /**
   * Most processes per function; 10 by default. Further invocations wait; invocations above its reserved concurrency
   * are throttled.
   */
  readonly maxEnvironments?: number;
  /**
   * Time limit of a function's initialisation in milliseconds; two minutes by default. Lambda's is 10 s, after which it
   * repeats the initialisation within the first invocation's time limit; this one guards against hanging alone, since a
   * busy laptop is no measure of Lambda.
   */
  readonly initMs?: number;
  /**
   * Lets debuggers attach to each function, which then runs one invocation at a time, without time limits: the first port, or 0 for
   * any free ones.
   */
  readonly inspect?: number;
}

export class LocalFunctions implements Functions {
  private current = new FunctionSet();
  /** Replaced dispatchers that still have invocations in flight. */
  private readonly retiring = new Set<Dispatcher>();
  private readonly cleanup = new OrphanCleanup();
  private turn: Promise<unknown> = Promise.resolve();
  private closed = false;
  private readonly inspectors: InspectorPorts | undefined;

  private constructor(
    private readonly options: LocalFunctionsOptions,
    private readonly runtime: string,
  ) {
    this.inspectors = options.inspect === undefined ? undefined : new InspectorPorts(options.inspect);
  }

  /** The port of each function at which a debugger can attach, by function name, the model function first; none without `inspect`. */
  get inspectorPorts(): ReadonlyMap<string, number> {
    return this.inspectors?.all ?? new Map<string, number>();
  }

  /**
   * Starts the functions of a graph; all are initialised when this resolves.
   * @throws Unenforceable if a function cannot be run here or fails to initialise; whatever `prove` throws; Error for an inspector's
   *   port that is taken
   */
  static async start(graph: Graph, options: LocalFunctionsOptions): Promise<LocalFunctions> {
    const runtime = await bundleRuntime(options.workDirectory);
    removeUnused(join(options.workDirectory, "code"), Date.now());
    const functions = new LocalFunctions(options, runtime);
    try {
      await functions.replace(graph);
      await functions.inspectors?.open;
    } catch (error) {
      await functions.close();
      throw error;
    }
    return functions;
  }

  /**
   * Checked at the start, so that no integration with an unknown function is served.
   * @throws Unenforceable for an unknown ARN
   */
  assertKnown(functionArn: string): void {
    if (!this.current.knows(functionArn))
      throw new Unenforceable(functionArn, "no function or alias of this program has this ARN");
  }

  async invoke(functionArn: string, event: unknown, options: InvokeOptions): Promise<Invocation> {
    return this.current.invoke(functionArn, event, options);
  }

  /** Kills the processes of a function, even during an invocation, as a crash of its host would. */
  kill(functionArn: string): void {
    this.current.dispatcherOf(functionArn)?.kill();
  }

  /**
   * Swaps in the functions of another graph. New invocations go to the new functions once all of them are initialised;
   * calls in flight end where they began; unchanged functions keep running. On failure everything stays as it was.
   * @throws as `start` does
   */
  replace(graph: Graph): Promise<void> {
    const swap = this.turn.then(() => this.swap(graph));
    this.turn = swap.catch(() => undefined);
    return swap;
  }

  /** Kills every process; resolves when they are gone. */
  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.current.dispatchers.values(), ...this.retiring];
    await Promise.all(all.map((dispatcher) => dispatcher.close()));
    await this.turn; // A swap in progress sees `closed` and ends what it started.
    this.cleanup.close();
  }

  private async swap(graph: Graph): Promise<void> {
    const deployments = await deploy(graph, {
      directory: join(this.options.workDirectory, "code"),
      projectRoot: this.options.projectRoot,
      host: process,
      nodes: this.options.nodes ?? new Map<string, string>(),
      variables: this.options.variables ?? {},
      debugged: this.inspectors !== undefined,
    });
    await this.inspectors?.assign(inOrder(deployments));
    const arns = arnsOf(graph, deployments);
    const fresh: Dispatcher[] = [];
    const dispatchers = new Map<string, Dispatcher>();
    const failures = await Promise.all(
      deployments.map(async (deployment) => {
        const running = this.current.dispatchers.get(deployment.key);
        const dispatcher = running ?? this.dispatcherOf(deployment);
        dispatchers.set(deployment.key, dispatcher);
        if (running !== undefined) return undefined;
        fresh.push(dispatcher);
        const error = await dispatcher.open();
        return (
          error &&
          new Unenforceable(deployment.urn, `it fails to initialise: ${error.errorType}: ${error.errorMessage}`)
        );
      }),
    );
    const next = new FunctionSet(dispatchers, arns);
    const failure =
      failures.find((each) => each !== undefined) ??
      (await this.options.prove?.(graph, next).catch((error: Error) => error));
    if (failure !== undefined || this.closed) {
      await Promise.all(fresh.map((dispatcher) => dispatcher.close()));
      throw failure ?? new Error("The functions are being shut down.");
    }
    const before = this.current;
    this.current = next;
    for (const [key, dispatcher] of before.dispatchers) if (!dispatchers.has(key)) void this.retire(dispatcher);
  }

  private async retire(dispatcher: Dispatcher): Promise<void> {
    this.retiring.add(dispatcher);
    await dispatcher.retire();
    this.retiring.delete(dispatcher);
  }

  private dispatcherOf(deployment: Deployment): Dispatcher {
    const { timeoutMs, memorySize, reserved, functionName } = deployment;
    const { maxEnvironments = 10, initMs = 120_000, log } = this.options;
    const settings = { timeoutMs, memorySize, reserved, maxEnvironments, initMs };
    const { runtime, cleanup, inspectors } = this;
    if (inspectors === undefined)
      return new Dispatcher(settings, () => new Environment({ ...deployment, runtime }, cleanup, log));
    const held = { timeoutMs: heldMs, initMs: heldMs, leastPatienceMs: heldMs, maxEnvironments: 1 };
    const inspectorPort = inspectors.all.get(functionName);
    return new Dispatcher({ ...settings, ...held }, () => {
      const started = new Environment({ ...deployment, runtime, inspectorPort }, cleanup, log);
      inspectors.give(functionName, started);
      return started;
    });
  }
}

/** Names of the functions: first those that serve models, which most breakpoints are in, then by name. */
function inOrder(deployments: readonly Deployment[]): string[] {
  const rank = ({ variables, functionName }: Deployment): string =>
    `${environment.modelsDirectory in variables ? 0 : 1}${functionName}`;
  return [...deployments].sort((one, other) => (rank(one) < rank(other) ? -1 : 1)).map((each) => each.functionName);
}
