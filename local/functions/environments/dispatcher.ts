// The invocations of one function: dispatches them to environments; reports failures, timeouts and throttling like
// Lambda.

import { availableParallelism } from "node:os";
import { payloadLimit } from "../../../contract";
import type { Environment } from "./environment";
import { EnvironmentPool } from "./environment-pool";
import { payloadOf, type Payload } from "../runtime/frame";
import type { Invocation } from "./invocation";
import type { FunctionError } from "../runtime/messages";
import {
  PendingInvocation,
  failed,
  invocationOf,
  notJson,
  shuttingDown,
  timedOut,
  tooLarge,
} from "./pending-invocation";

export interface DispatcherSettings {
  /** The function's time limit in milliseconds. */
  readonly timeoutMs: number;
  /** In MB. */
  readonly memorySize: number;
  /** Reserved concurrency: invocations beyond it are throttled. `undefined`: the account's 1,000 apply. */
  readonly reserved: number | undefined;
  /** Most processes on this machine: invocations beyond wait. */
  readonly maxEnvironments: number;
  /** Time limit of initialisation in milliseconds. */
  readonly initMs: number;
  /** How long every caller waits at least, in milliseconds, whatever it says itself. */
  readonly leastPatienceMs?: number;
}

/**
 * Milliseconds of running after which another environment is started, which takes about 70 ms and a core. So
 * short invocations that follow each other closely share environments, and a slow one blocks nobody. Invocations that
 * compute gain nothing from more environments than cores: beyond those, only what runs (or sleeps) longer adds one.
 */
const growAfterMs = 10;
const growAfterMsBeyondCores = 90;
/** How often that is looked at, in milliseconds, while invocations wait. */
const tickMs = 12;
/** Most concurrent invocations if no concurrency is reserved: the default limit of an account. */
const accountConcurrency = 1000;

export class Dispatcher {
  private readonly pool: EnvironmentPool;
  private readonly waiting: PendingInvocation[] = [];
  /** Number of invocations that hold concurrency: running or waiting. */
  private inFlight = 0;
  private growth: NodeJS.Timeout | undefined;
  /** When an environment was last free for an invocation, by `performance.now()`. */
  private lastRun = 0;
  /** For how long all environments have been running what they run, in milliseconds. */
  private blockedMs = 0;
  /** How long they have waited for a core since the last look; undefined while invocations start. */
  private starvation: (() => number) | undefined;
  private accepting = false;
  private drained: (() => void) | undefined;

  constructor(
    private readonly settings: DispatcherSettings,
    start: () => Environment,
  ) {
    const { memorySize, initMs, maxEnvironments, reserved } = settings;
    // At least one even if 0 is reserved: the start verifies that the function initialises.
    const most = Math.max(1, Math.min(maxEnvironments, reserved ?? Infinity));
    this.pool = new EnvironmentPool({ memorySize, initMs, most }, start, {
      ready: (environment) => {
        this.free(environment);
      },
      failed: (error) => {
        this.failWaiting(error);
      },
    });
  }

  /** Starts the first environment. @returns why that failed, or `undefined` */
  async open(): Promise<FunctionError | undefined> {
    const error = await this.pool.open();
    this.accepting = error === undefined;
    return error;
  }

  invoke(arn: string, value: unknown, timeoutMs: number): Promise<Invocation> {
    let event: Payload;
    try {
      event = payloadOf(value);
    } catch {
      return Promise.resolve(failed(notJson));
    }
    if (event.bytes > payloadLimit) return Promise.resolve(failed(tooLarge));
    if (!this.accepting) return Promise.resolve(failed(shuttingDown));
    if (this.inFlight >= (this.settings.reserved ?? accountConcurrency)) return Promise.resolve({ kind: "throttled" });
    if (this.pool.failure !== undefined) return Promise.resolve(failed(this.pool.failure));
    this.inFlight++;
    return new Promise((respond) => {
      const patienceMs = Math.max(timeoutMs, this.settings.leastPatienceMs ?? 0);
      const pending = new PendingInvocation(arn, event, patienceMs, respond);
      const environment = this.pool.take();
      if (environment !== undefined) this.run(pending, environment);
      else this.wait(pending);
    });
  }

  /** Kills every process; invocations in flight fail, and later ones get new processes. */
  kill(): void {
    this.pool.kill();
  }

  /** Accepts no more invocations; resolves when the last one is done and every process has ended. */
  async retire(): Promise<void> {
    this.accepting = false;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    await this.close();
  }

  /** Kills every process for good; invocations in flight fail. */
  async close(): Promise<void> {
    this.accepting = false;
    clearTimeout(this.growth);
    this.failWaiting(shuttingDown);
    await this.pool.close();
  }

  private wait(pending: PendingInvocation): void {
    pending.wait(() => {
      this.waiting.splice(this.waiting.indexOf(pending), 1);
      this.finish(pending, { kind: "timeout" });
    });
    this.waiting.push(pending);
    this.growSoon();
  }

  /**
   * Adds an environment once none has become free for long enough while invocations wait. Time does not count in which the calls
   * waited for a core, or this process for its own turn: they do not run long then, and one more process would wait too.
   */
  private growSoon(): void {
    if (this.growth !== undefined) return;
    const from = performance.now();
    this.growth = setTimeout(() => {
      // Timers come before sockets: what has ended while this process was busy itself is received first.
      setImmediate(() => {
        this.growth = undefined;
        const blocked = this.waiting.length > 0 && this.lastRun <= from;
        // The first blocked tick only opens the account: under load, hardly any is, and then nothing is read.
        this.blockedMs = blocked && this.starvation ? this.blockedMs + Math.max(0, tickMs - this.starvation()) : 0;
        this.starvation = blocked ? this.pool.starvation() : undefined;
        const growAfter = this.pool.size < availableParallelism() ? growAfterMs : growAfterMsBeyondCores;
        if (this.blockedMs >= growAfter) this.pool.grow(this.waiting.length);
        if (this.waiting.length > 0) this.growSoon();
      });
    }, tickMs);
  }

  private run(pending: PendingInvocation, environment: Environment): void {
    const { requestId, arn, event } = pending;
    const { timeoutMs } = this.settings;
    this.lastRun = performance.now();
    let late = false;
    const deadline = pending.run(timeoutMs, () => {
      late = true;
      environment.kill(); // Answered when it has exited: only then is its concurrency free.
    });
    environment.invoke({ requestId, arn, deadline }, event, (outcome) => {
      if (outcome.kind !== "ended") this.pool.succeeded();
      this.finish(pending, late ? timedOut(requestId, timeoutMs) : invocationOf(requestId, outcome));
      this.free(environment);
    });
  }

  /** Gives a free environment the next waiting invocation, if there is one. */
  private free(environment: Environment): void {
    const next = environment.ending ? undefined : this.waiting.shift();
    if (next === undefined) this.pool.release(environment);
    else this.run(next, environment);
  }

  private failWaiting(error: FunctionError): void {
    for (const pending of this.waiting.splice(0)) this.finish(pending, failed(error));
  }

  private finish(pending: PendingInvocation, invocation: Invocation): void {
    pending.finish(invocation);
    this.inFlight--;
    if (this.inFlight === 0) this.drained?.();
  }
}
