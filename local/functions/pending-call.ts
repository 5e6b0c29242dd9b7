// One call of a function: answered once, whichever comes first of its result and the end of its caller's patience.

import { randomUUID } from "node:crypto";
import type { Payload } from "./frame";
import type { Invocation } from "./functions";

export class PendingCall {
  readonly requestId = randomUUID();
  /** When the call came, in milliseconds since the epoch. */
  readonly since = Date.now();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param patienceMs how long the caller waits
   * @param answerCaller answers it; `undefined` once that is done
   */
  constructor(
    readonly arn: string,
    readonly event: Payload,
    private readonly patienceMs: number,
    private answerCaller: ((invocation: Invocation) => void) | undefined,
  ) {}

  /** Nothing runs it yet: `gone` is called when the caller gives up. */
  wait(gone: () => void): void {
    this.timer = setTimeout(gone, this.patienceMs);
  }

  /**
   * It runs from now on: `overdue` is called at the function's time limit.
   * @returns the time limit, in milliseconds since the epoch
   */
  run(timeoutMs: number, overdue: () => void): number {
    const now = Date.now();
    const deadline = now + timeoutMs;
    const patience = this.since + this.patienceMs;
    clearTimeout(this.timer);
    if (deadline <= patience) this.timer = setTimeout(overdue, timeoutMs);
    else {
      // The caller gives up first. The function goes on to its own limit, and holds its concurrency, as on Lambda.
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

  /** It is over. */
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
