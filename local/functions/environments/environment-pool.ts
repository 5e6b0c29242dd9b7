// The environments of one function: how many there are, which of them are idle, and what happens when one is lost.

import type { Environment } from "./environment";
import { residentLimit, residentBytes } from "../runtime/memory";
import { runQueueMs } from "./run-queue";
import type { FunctionError } from "../runtime/messages";

export interface EnvironmentPoolSettings {
  /** In MB. */
  readonly memorySize: number;
  /** Largest number of environments. */
  readonly most: number;
  /** Time limit of initialisation in milliseconds. */
  readonly initMs: number;
}

/** Receives the environments; it dispatches the invocations. */
export interface EnvironmentPoolOwner {
  /** An environment has initialised. */
  ready(environment: Environment): void;
  /** No environment could be started, and none is left. */
  failed(error: FunctionError): void;
}

/** Idle time in milliseconds after which environments beyond the first are ended. */
const idleMs = 60_000;
/** Interval in milliseconds of the checks for memory and idleness; they run only while needed. */
const watchMs = 250;
/** Milliseconds to wait before the next start, by the number of consecutive failures: 0.1 s, 0.2 s … 5 s. */
const pauseMs = (failures: number): number => (failures === 0 ? 0 : Math.min(5000, 50 * 2 ** failures));

export class EnvironmentPool {
  /** Why no environment can be started: invocations fail with it instead of waiting. */
  failure: FunctionError | undefined;
  private readonly environments = new Set<Environment>();
  private readonly idle: { readonly environment: Environment; readonly since: number }[] = [];
  private starting = 0;
  /** Number of consecutive failures to start or stay alive. */
  private failures = 0;
  private pause: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private state: "opening" | "open" | "closed" = "opening";

  constructor(
    private readonly settings: EnvironmentPoolSettings,
    private readonly start: () => Environment,
    private readonly owner: EnvironmentPoolOwner,
  ) {}

  /** Number of environments, those that initialise included. */
  get size(): number {
    return this.environments.size;
  }

  /**
   * Starts the first environment. A failed start is tried once more, as Lambda repeats a failed initialisation.
   * @returns why it failed, or `undefined`
   */
  async open(): Promise<FunctionError | undefined> {
    const error = (await this.launch()) && (await this.launch());
    if (error === undefined && this.state === "opening") this.state = "open";
    return error;
  }

  /** An idle environment for one invocation: the one used last, so that the others can idle long enough to be ended. */
  take(): Environment | undefined {
    this.watch ??= setInterval(() => {
      this.checkEnvironments();
    }, watchMs).unref();
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      if (!last.environment.ending) return last.environment;
    }
    return undefined;
  }

  /** Takes back an environment that is idle. */
  release(environment: Environment): void {
    if (!environment.ending) this.idle.push({ environment, since: Date.now() });
  }

  /** An invocation ran to its end: earlier failures no longer count. */
  succeeded(): void {
    this.failures = 0;
  }

  /**
   * Starts one more environment, unless as many are starting as invocations wait, the limit is reached or a pause is
   * on.
   */
  grow(waiting: number): void {
    if (this.state !== "open" || this.pause !== undefined) return;
    if (this.starting < waiting && this.environments.size < this.settings.most) void this.more();
  }

  /** @returns how long, in milliseconds, one of the environments has waited for a core from now on: the longest of all */
  starvation(): () => number {
    const before = [...this.environments].map(({ pid }) => ({ pid, ms: runQueueMs(pid) }));
    return () => Math.max(0, ...before.map(({ pid, ms }) => runQueueMs(pid) - ms));
  }

  /** Kills every process at once; new ones are started. */
  kill(): void {
    for (const environment of this.environments) environment.kill();
  }

  /** Kills every process for good. */
  async close(): Promise<void> {
    this.state = "closed";
    clearTimeout(this.pause);
    clearInterval(this.watch);
    for (const environment of this.environments) environment.kill();
    await Promise.all([...this.environments].map((environment) => environment.gone));
  }

  private async more(): Promise<void> {
    const error = await this.launch();
    if (error === undefined) return;
    this.failures++;
    if (this.environments.size > 0) return;
    this.failure = error;
    this.owner.failed(error);
    this.replace();
  }

  /** @returns why it failed, or `undefined` */
  private async launch(): Promise<FunctionError | undefined> {
    let environment: Environment;
    try {
      environment = this.start();
    } catch {
      return { errorType: "ServiceException", errorMessage: "The process of the function could not be started." };
    }
    this.environments.add(environment);
    this.starting++;
    void environment.gone.then(() => {
      this.lost(environment);
    });
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      environment.kill();
    }, this.settings.initMs);
    const error = await environment.initialised;
    clearTimeout(limit);
    if (error === undefined) {
      this.starting--;
      this.failure = undefined;
      if (this.state !== "closed") this.owner.ready(environment);
      return undefined;
    }
    // Until it has ended it counts as one that starts: another beside it would keep the pause from beginning.
    await environment.gone;
    this.starting--;
    if (!late) return error;
    return { errorType: "Sandbox.Timedout", errorMessage: `Initialisation took over ${this.settings.initMs} ms.` };
  }

  /** An environment has exited: it crashed, was killed, or failed to initialise. */
  private lost(environment: Environment): void {
    this.environments.delete(environment);
    const at = this.idle.findIndex((each) => each.environment === environment);
    if (at >= 0) {
      this.idle.splice(at, 1);
      // It exited while idle. An exit during an invocation is not counted: the pause would delay other invocations.
      this.failures++;
    }
    if (this.environments.size === 0 && this.starting === 0) this.replace();
  }

  /** Starts an environment ahead of the next invocation, after the pause that consecutive failures require. */
  private replace(): void {
    if (this.pause !== undefined || this.state !== "open") return;
    this.pause = setTimeout(() => {
      this.pause = undefined;
      if (this.state === "open" && this.environments.size === 0) void this.more();
    }, pauseMs(this.failures));
  }

  /** Ends environments that exceed their memory or have been idle too long; stops the checks when none are needed. */
  private checkEnvironments(): void {
    for (const environment of this.environments) {
      if ((residentBytes(environment.pid) ?? 0) > residentLimit(this.settings.memorySize)) environment.kill();
    }
    if (this.environments.size > 1 && this.idle.length > 0 && Date.now() - this.idle[0]!.since > idleMs) {
      this.idle.shift()!.environment.kill();
    }
    if (this.environments.size <= 1 && this.idle.length === this.environments.size) {
      clearInterval(this.watch);
      this.watch = undefined;
    }
  }
}
