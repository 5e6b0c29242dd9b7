// What the gateway needs from the functions: to invoke one and learn the outcome, as Lambda's Invoke reports it.

import type { FunctionError } from "../runtime/messages";

/** The functions of the program, by ARN. */
export interface Functions {
  /**
   * Invokes a function synchronously. Never rejects: every failure is an `Invocation`.
   * @param functionArn ARN of a function, unqualified or with an alias or version
   * @param event JSON value that the handler receives
   */
  invoke(functionArn: string, event: unknown, options: InvokeOptions): Promise<Invocation>;
}

export interface InvokeOptions {
  /** How long the caller waits, in milliseconds. The function's own time limit applies as well. */
  readonly timeoutMs: number;
}

export type Invocation =
  /** The handler returned. */
  | { readonly kind: "result"; readonly payload: unknown }
  /** The handler threw, timed out or crashed, the payload was too large, or the function could not be run. */
  | ({ readonly kind: "error" } & FunctionError)
  /** The caller's `timeoutMs` elapsed first. */
  | { readonly kind: "timeout" }
  /** No concurrency is left: Lambda's 429 TooManyRequestsException. */
  | { readonly kind: "throttled" };
