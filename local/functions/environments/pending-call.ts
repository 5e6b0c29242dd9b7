// One call of a function. Its caller is answered once: by the result or by its own timeout, whichever comes first.

import { randomUUID } from "node:crypto";
import type { Payload } from "../runtime/frame";
import type { Invocation } from "./invocation";

export class PendingCall {
  readonly requestId = randomUUID();
  /** When the call arrived, in milliseconds since the epoch. */
  readonly since = Date.now();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param patienceMs how long the caller waits
   * @param answerCaller answers the caller; `undefined` once it has been called
   */
  constructor(
    readonly arn: string,
    readonly event: Payload,
    private readonly patienceMs: number,
    private answerCaller: ((invocation: Invocation) => void) | undefined,
  ) {}

  /** The call is queued: `gone` is called when the caller gives up. */
  wait(gone: () => void): void {
    this.timer = setTimeout(gone, this.patienceMs);
  }

  /**
   * The call starts running: `overdue` is called at the function's time limit.
   * @returns that time limit, in milliseconds since the epoch
   */
  run(timeoutMs: number, overdue: () => void): number {
    const now = Date.now();
    const deadline = now + timeoutMs;
    const patience = this.since + this.patienceMs;
    clearTimeout(this.timer);
    if (deadline <= patience) this.timer = setTimeout(overdue, timeoutMs);
    else {
      // The caller gives up first. The function runs on until its own limit and holds its concurrency, as on Lambda.
      this.timer = setTimeout(
        () => {
          this.answer({ kind: "timeout" });
          this.timer = setTimeout(overdue, Math.max(0, deadline - Date.now()));
        },
        Math.max(0, patience - now),
      );
    }
    return deadline;
  }

  /** The call has ended: stops the timers and answers the caller, unless that has happened. */
  finish(invocation: Invocation): void {
    clearTimeout(this.timer);
    this.answer(invocation);
  }

  private answer(invocation: Invocation): void {
    const answer = this.answerCaller;
    this.answerCaller = undefined;
    answer?.(invocation);
  }
}
