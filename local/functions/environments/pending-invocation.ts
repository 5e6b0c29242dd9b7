// One invocation of a function. Its caller gets one of two, whichever comes first: the result, or its own timeout.

import { randomUUID } from "node:crypto";
import type { Payload } from "../runtime/frame";
import type { Invocation } from "./invocation";
import { payloadLimit } from "../../../contract";
import { exitMessage, type EnvironmentResult } from "./environment";
import type { FunctionError } from "../runtime/messages";

export class PendingInvocation {
  readonly requestId = randomUUID();
  /** When the invocation arrived, in milliseconds since the epoch. */
  readonly since = Date.now();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param patienceMs how long the caller waits
   * @param respond receives the result for the caller; `undefined` once it has been called
   */
  constructor(
    readonly arn: string,
    readonly event: Payload,
    private readonly patienceMs: number,
    private respond: ((invocation: Invocation) => void) | undefined,
  ) {}

  /** The invocation is queued: `gone` is called when the caller gives up. */
  wait(gone: () => void): void {
    this.timer = setTimeout(gone, this.patienceMs);
  }

  /**
   * The invocation starts running: `overdue` is called at the function's time limit.
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
          this.end({ kind: "timeout" });
          this.timer = setTimeout(overdue, Math.max(0, deadline - Date.now()));
        },
        Math.max(0, patience - now),
      );
    }
    return deadline;
  }

  /** The invocation has ended: stops the timers and responds to the caller, unless that has happened. */
  finish(invocation: Invocation): void {
    clearTimeout(this.timer);
    this.end(invocation);
  }

  private end(invocation: Invocation): void {
    const respond = this.respond;
    this.respond = undefined;
    respond?.(invocation);
  }
}

// Errors of an invocation that has no result, worded as by Lambda's Invoke.

export const shuttingDown: FunctionError = {
  errorType: "ServiceException",
  errorMessage: "The function is being shut down.",
};

export const notJson: FunctionError = {
  errorType: "InvalidRequestContentException",
  errorMessage: "The event is not JSON.",
};

export const tooLarge: FunctionError = {
  errorType: "RequestEntityTooLargeException",
  errorMessage: `Request must be smaller than ${payloadLimit} bytes for the InvokeFunction operation`,
};

/** Maps an environment's outcome to what the caller gets. */
export function invocationOf(requestId: string, outcome: EnvironmentResult): Invocation {
  if (outcome.kind === "result") return outcome;
  if (outcome.kind === "error") return failed(outcome.error);
  const errorMessage = `RequestId: ${requestId} Error: ${exitMessage(outcome.how)}`;
  return failed({ errorType: "Runtime.ExitError", errorMessage });
}

/** The function exceeded its time limit. @param timeoutMs that limit */
export function timedOut(requestId: string, timeoutMs: number): Invocation {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  return failed({ errorType: "Sandbox.Timedout", errorMessage });
}

export function failed(error: FunctionError): Invocation {
  return { kind: "error", ...error };
}
