// The environments of one function: how many there are, which of them is free, and what happens when one is lost.

import type { Environment } from "./environment";
import { residentLimit } from "./memory-limit";
import type { FunctionError } from "./messages";
import { residentBytes } from "./resident";

export interface FleetSettings {
  /** In MB. */
  readonly memorySize: number;
  /** Most environments. */
  readonly most: number;
  /** Initialisation's time limit in milliseconds. Lambda's is 10,000. */
  readonly initMs: number;
}

/** Who hands out the calls. */
export interface FleetOwner {
  /** An environment has initialised. */
  ready(environment: Environment): void;
  /** None could be started, and there is no other. */
  failed(error: FunctionError): void;
}

/** Environments above the first end when they had nothing to do for this long. */
const idleMs = 60_000;
/** How often memory and idleness are looked at while there is something to look at. */
const watchMs = 250;
/** Pause before the next start, by starts in a row that came to nothing: 0.1 s, 0.2 s … 5 s. */
const pauseMs = (failures: number): number => (failures === 0 ? 0 : Math.min(5000, 50 * 2 ** failures));

export class Fleet {
  /** Why there is no environment, and calls need not wait for one. */
  failure: FunctionError | undefined;
  private readonly environments = new Set<Environment>();
  private readonly idle: { readonly environment: Environment; readonly since: number }[] = [];
  private starting = 0;
  /** Starts in a row that came to nothing. */
  private failures = 0;
  private pause: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private state: "opening" | "open" | "closed" = "opening";

  constructor(
    private readonly settings: FleetSettings,
    private readonly start: () => Environment,
    private readonly owner: FleetOwner,
  ) {}

  /**
   * Starts the first environment. Twice, if need be: Lambda repeats an initialisation that failed or took too long.
   * @returns why it failed, or `undefined`
   */
  async open(): Promise<FunctionError | undefined> {
    const error = (await this.launch()) && (await this.launch());
    if (error === undefined && this.state === "opening") this.state = "open";
    return error;
  }

  /** A free environment, for one call: the one that was used last, so that the others may grow old and end. */
  take(): Environment | undefined {
    this.watch ??= setInterval(() => {
      this.look();
    }, watchMs).unref();
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      if (!last.environment.ending) return last.environment;
    }
    return undefined;
  }

  /** An environment has nothing to do. */
  giveBack(environment: Environment): void {
    if (!environment.ending) this.idle.push({ environment, since: Date.now() });
  }

  /** The function's code ran to an end: what failed before is over. */
  succeeded(): void {
    this.failures = 0;
  }

  /** Starts one more environment, if that is of use: no more start than calls wait, and not during the pause after a failure. */
  grow(waiting: number): void {
    if (this.state !== "open" || this.pause !== undefined) return;
    if (this.starting < waiting && this.environments.size < this.settings.most) void this.more();
  }

  /** Ends every process at once; others take their place. */
  kill(): void {
    for (const environment of this.environments) environment.kill();
  }

  /** Ends every process at once, for good. */
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
    this.starting--;
    if (error === undefined) {
      this.failure = undefined;
      if (this.state !== "closed") this.owner.ready(environment);
      return undefined;
    }
    await environment.gone;
    if (!late) return error;
    return { errorType: "Sandbox.Timedout", errorMessage: `Initialisation took over ${this.settings.initMs} ms.` };
  }

  /** An environment is gone: it crashed, was killed, or failed to initialise. */
  private lost(environment: Environment): void {
    this.environments.delete(environment);
    const at = this.idle.findIndex((each) => each.environment === environment);
    if (at >= 0) {
      this.idle.splice(at, 1);
      // It ended of itself, with nothing to do. (A call that ends its process is no reason for a pause: others would pay for it.)
      this.failures++;
    }
    if (this.environments.size === 0 && this.starting === 0) this.replace();
  }

  /** Starts an environment ahead of the next call, after the pause that failures in a row ask for. */
  private replace(): void {
    if (this.pause !== undefined || this.state !== "open") return;
    this.pause = setTimeout(() => {
      this.pause = undefined;
      if (this.state === "open" && this.environments.size === 0) void this.more();
    }, pauseMs(this.failures));
  }

  /** Ends what outgrew its memory, or has been idle for long; stops looking when there is nothing left to look at. */
  private look(): void {
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
