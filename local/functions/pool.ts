// The environments of one function: starts them, hands each one call at a time, and answers as Lambda does when one fails, takes
// too long, outgrows its memory, or there is none left.

import { randomUUID } from "node:crypto";
import { payloadLimit } from "../../contract";
import { exitMessage, type Environment, type Outcome } from "./environment";
import { payloadOf, type Payload } from "./frame";
import type { Invocation } from "./functions";
import { residentLimit } from "./memory-limit";
import type { FunctionError } from "./messages";
import { residentBytes } from "./resident";

export interface PoolSettings {
  /** The function's time limit in milliseconds. */
  readonly timeoutMs: number;
  /** In MB. */
  readonly memorySize: number;
  /** Reserved concurrency: more calls at once are throttled. `undefined`: the account's 1,000. */
  readonly reserved: number | undefined;
  /** Most processes on this machine: calls above wait. */
  readonly maxEnvironments: number;
  /** Initialisation's time limit in milliseconds. Lambda's is 10,000. */
  readonly initMs: number;
}

/** A call waits this long for a busy environment before another is started: short work is done sooner than a start takes (70 ms). */
const growAfterMs = 25;
/** Environments above the first end when they had nothing to do for this long. */
const idleMs = 60_000;
/** How often memory and idleness are looked at while there is something to look at. */
const watchMs = 250;
/** Most calls at once where nothing is reserved: a new account's concurrency. */
const accountConcurrency = 1000;
/** Pause before the n-th start in a row that came to nothing: 0.1 s, 0.2 s … 5 s. */
const pauseMs = (failures: number): number => (failures === 0 ? 0 : Math.min(5000, 50 * 2 ** failures));

interface Pending {
  readonly requestId: string;
  readonly arn: string;
  readonly event: Payload;
  /** When the call came, in milliseconds since the epoch. */
  readonly since: number;
  /** When the caller gives up, in milliseconds since the epoch. */
  readonly patience: number;
  /** Answers the caller; `undefined` once that is done. */
  answer: ((invocation: Invocation) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class Pool {
  private readonly environments = new Set<Environment>();
  private readonly idle: { readonly environment: Environment; readonly since: number }[] = [];
  private readonly waiting: Pending[] = [];
  private starting = 0;
  /** Calls that hold concurrency: running, or waiting. */
  private inFlight = 0;
  /** Starts in a row that came to nothing, and why the last one did. */
  private failures = 0;
  private lastFailure: FunctionError | undefined;
  private growth: NodeJS.Timeout | undefined;
  private restart: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private state: "opening" | "open" | "retiring" | "closed" = "opening";
  private drained: (() => void) | undefined;

  constructor(
    private readonly settings: PoolSettings,
    private readonly start: () => Environment,
  ) {}

  /**
   * Starts the first environment. Twice, if need be: Lambda repeats an initialisation that failed or took too long.
   * @returns why it failed, or `undefined`
   */
  async open(): Promise<FunctionError | undefined> {
    const error = (await this.grow()) && (await this.grow());
    if (error === undefined && this.state === "opening") this.state = "open";
    return error;
  }

  invoke(arn: string, value: unknown, timeoutMs: number): Promise<Invocation> {
    let event: Payload;
    try {
      event = payloadOf(value);
    } catch {
      return failed("InvalidRequestContentException", "The event is not JSON.");
    }
    if (event.bytes > payloadLimit) {
      return failed(
        "RequestEntityTooLargeException",
        `Request must be smaller than ${payloadLimit} bytes for the InvokeFunction operation`,
      );
    }
    if (this.state !== "open") return failed(shuttingDown.errorType, shuttingDown.errorMessage);
    if (this.inFlight >= (this.settings.reserved ?? accountConcurrency)) return Promise.resolve({ kind: "throttled" });
    if (this.environments.size === 0 && this.lastFailure !== undefined)
      return failed(this.lastFailure.errorType, this.lastFailure.errorMessage);
    this.inFlight++;
    const now = Date.now();
    return new Promise((answer) => {
      const call: Pending = {
        requestId: randomUUID(),
        arn,
        event,
        since: now,
        patience: now + timeoutMs,
        answer,
        timer: undefined,
      };
      const environment = this.takeIdle();
      if (environment !== undefined) {
        this.run(call, environment);
        return;
      }
      call.timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(call), 1);
        this.settle(call, { kind: "timeout" });
        this.release();
      }, timeoutMs);
      this.waiting.push(call);
      this.growSoon();
    });
  }

  /** Takes no more calls; resolves when the last one is done and every process has ended. */
  async retire(): Promise<void> {
    if (this.state !== "closed") this.state = "retiring";
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    await this.close();
  }

  /** Ends every process at once; calls under way are answered as errors. */
  async close(): Promise<void> {
    this.state = "closed";
    clearTimeout(this.growth);
    clearTimeout(this.restart);
    clearInterval(this.watch);
    this.failWaiting(shuttingDown);
    for (const environment of this.environments) environment.kill();
    await Promise.all([...this.environments].map((environment) => environment.gone));
  }

  private run(call: Pending, environment: Environment): void {
    const now = Date.now();
    const deadline = now + this.settings.timeoutMs;
    clearTimeout(call.timer);
    let late = false;
    const overdue = (): void => {
      late = true;
      environment.kill(); // Answered when it is gone: only then is its concurrency free.
    };
    if (deadline <= call.patience) call.timer = setTimeout(overdue, this.settings.timeoutMs);
    else {
      // The caller gives up first. The function goes on to its own limit, and holds its concurrency, as on Lambda.
      call.timer = setTimeout(
        () => {
          this.settle(call, { kind: "timeout" });
          call.timer = setTimeout(overdue, Math.max(0, deadline - Date.now()));
        },
        Math.max(0, call.patience - now),
      );
    }
    this.watch ??= setInterval(() => {
      this.look();
    }, watchMs).unref();
    environment.call({ requestId: call.requestId, arn: call.arn, deadline }, call.event, (outcome) => {
      clearTimeout(call.timer);
      if (outcome.kind !== "ended") this.failures = 0;
      this.settle(
        call,
        late ? timedOut(call.requestId, this.settings.timeoutMs) : invocationOf(call.requestId, outcome),
      );
      this.release();
      this.free(environment);
    });
  }

  /** An environment has nothing to do. */
  private free(environment: Environment): void {
    if (environment.ending || this.state === "closed") return;
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push({ environment, since: Date.now() });
    else this.run(next, environment);
  }

  /** The environment that was used last: the others may grow old and end. */
  private takeIdle(): Environment | undefined {
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      if (!last.environment.ending) return last.environment;
    }
    return undefined;
  }

  private settle(call: Pending, invocation: Invocation): void {
    const answer = call.answer;
    call.answer = undefined;
    answer?.(invocation);
  }

  private release(): void {
    this.inFlight--;
    if (this.inFlight === 0) this.drained?.();
  }

  /** Adds an environment when a call has waited long enough, not because one of many short ones happens to wait. */
  private growSoon(): void {
    this.growth ??= setTimeout(() => {
      this.growth = undefined;
      if (this.state === "closed" || this.waiting.length === 0) return;
      const overdue = Date.now() - this.waiting[0]!.since >= growAfterMs - 1; // Timers may be a millisecond early.
      const most = Math.min(this.settings.maxEnvironments, this.settings.reserved ?? Infinity);
      const replaced = this.restart !== undefined; // What failed to start is started again after its pause, not sooner.
      if (overdue && !replaced && this.starting < this.waiting.length && this.environments.size < most)
        void this.more();
      this.growSoon();
    }, growAfterMs);
  }

  /** Starts one more environment. @returns why that failed, or `undefined` */
  private async grow(): Promise<FunctionError | undefined> {
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
      this.lastFailure = undefined;
      this.free(environment);
      return undefined;
    }
    await environment.gone;
    return late
      ? { errorType: "Sandbox.Timedout", errorMessage: `Initialisation took over ${this.settings.initMs} ms.` }
      : error;
  }

  /** Starts one more for the calls that wait; where it fails and there is no other, they fail with it. */
  private async more(): Promise<void> {
    const error = await this.grow();
    if (error === undefined) return;
    this.failures++;
    if (this.environments.size > 0) return;
    this.lastFailure = error;
    this.failWaiting(error);
    this.replace();
  }

  private failWaiting(error: FunctionError): void {
    for (const call of this.waiting.splice(0)) {
      clearTimeout(call.timer);
      this.settle(call, { kind: "error", ...error });
      this.release();
    }
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
    if (this.restart !== undefined || this.state === "opening" || this.state === "closed") return;
    this.restart = setTimeout(() => {
      this.restart = undefined;
      if (this.state !== "closed" && this.environments.size === 0) void this.more();
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
    if (this.inFlight === 0 && this.environments.size <= 1) {
      clearInterval(this.watch);
      this.watch = undefined;
    }
  }
}

function invocationOf(requestId: string, outcome: Outcome): Invocation {
  if (outcome.kind === "result") return outcome;
  if (outcome.kind === "error") return { kind: "error", ...outcome.error };
  return {
    kind: "error",
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: ${exitMessage(outcome.how)}`,
  };
}

function timedOut(requestId: string, timeoutMs: number): Invocation {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    kind: "error",
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

const shuttingDown: FunctionError = { errorType: "ServiceException", errorMessage: "The function is being shut down." };

function failed(errorType: string, errorMessage: string): Promise<Invocation> {
  return Promise.resolve({ kind: "error", errorType, errorMessage });
}
