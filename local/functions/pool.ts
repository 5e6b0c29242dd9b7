// The calls of one function: hands each to an environment, and answers as Lambda does when one fails, takes too long, or there is no
// concurrency left.

import { payloadLimit } from "../../contract";
import { failed, invocationOf, notJson, shuttingDown, timedOut, tooLarge } from "./call-errors";
import type { Environment } from "./environment";
import { Fleet } from "./fleet";
import { payloadOf, type Payload } from "./frame";
import type { Invocation } from "./functions";
import type { FunctionError } from "./messages";
import { PendingCall } from "./pending-call";

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
/** Most calls at once where nothing is reserved: an account's concurrency. */
const accountConcurrency = 1000;

export class Pool {
  private readonly fleet: Fleet;
  private readonly waiting: PendingCall[] = [];
  /** Calls that hold concurrency: running, or waiting. */
  private inFlight = 0;
  private growth: NodeJS.Timeout | undefined;
  private accepting = false;
  private drained: (() => void) | undefined;

  constructor(
    private readonly settings: PoolSettings,
    start: () => Environment,
  ) {
    const { memorySize, initMs, maxEnvironments, reserved } = settings;
    // One even where 0 are reserved: that it initialises is part of the start.
    const most = Math.max(1, Math.min(maxEnvironments, reserved ?? Infinity));
    this.fleet = new Fleet({ memorySize, initMs, most }, start, {
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
    const error = await this.fleet.open();
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
    if (this.fleet.failure !== undefined) return Promise.resolve(failed(this.fleet.failure));
    this.inFlight++;
    return new Promise((answer) => {
      const call = new PendingCall(arn, event, timeoutMs, answer);
      const environment = this.fleet.take();
      if (environment !== undefined) this.run(call, environment);
      else this.wait(call);
    });
  }

  /** Ends every process at once; calls under way are answered as errors, and the next ones get new processes. */
  kill(): void {
    this.fleet.kill();
  }

  /** Takes no more calls; resolves when the last one is done and every process has ended. */
  async retire(): Promise<void> {
    this.accepting = false;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    await this.close();
  }

  /** Ends every process at once; calls under way are answered as errors. */
  async close(): Promise<void> {
    this.accepting = false;
    clearTimeout(this.growth);
    this.failWaiting(shuttingDown);
    await this.fleet.close();
  }

  private wait(call: PendingCall): void {
    call.wait(() => {
      this.waiting.splice(this.waiting.indexOf(call), 1);
      this.finish(call, { kind: "timeout" });
    });
    this.waiting.push(call);
    this.growSoon();
  }

  /** Adds an environment when a call has waited long enough, not because one of many short ones happens to wait. */
  private growSoon(): void {
    this.growth ??= setTimeout(() => {
      this.growth = undefined;
      if (this.waiting.length === 0) return;
      const overdue = Date.now() - this.waiting[0]!.since >= growAfterMs - 1; // Timers may be a millisecond early.
      if (overdue) this.fleet.grow(this.waiting.length);
      this.growSoon();
    }, growAfterMs);
  }

  private run(call: PendingCall, environment: Environment): void {
    const { requestId, arn, event } = call;
    const { timeoutMs } = this.settings;
    let late = false;
    const deadline = call.run(timeoutMs, () => {
      late = true;
      environment.kill(); // Answered when it is gone: only then is its concurrency free.
    });
    environment.call({ requestId, arn, deadline }, event, (outcome) => {
      if (outcome.kind !== "ended") this.fleet.succeeded();
      this.finish(call, late ? timedOut(requestId, timeoutMs) : invocationOf(requestId, outcome));
      this.free(environment);
    });
  }

  /** An environment has nothing to do. */
  private free(environment: Environment): void {
    const next = environment.ending ? undefined : this.waiting.shift();
    if (next === undefined) this.fleet.giveBack(environment);
    else this.run(next, environment);
  }

  private failWaiting(error: FunctionError): void {
    for (const call of this.waiting.splice(0)) this.finish(call, failed(error));
  }

  private finish(call: PendingCall, invocation: Invocation): void {
    call.finish(invocation);
    this.inFlight--;
    if (this.inFlight === 0) this.drained?.();
  }
}
