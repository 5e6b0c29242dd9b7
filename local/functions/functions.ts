// What the gateway asks of the functions: invoke one and learn how it went, as Lambda's Invoke tells its caller.

/** The functions of the program, by ARN. */
export interface Functions {
  /**
   * Invokes a function synchronously. Never rejects: whatever goes wrong is an `Invocation`.
   * @param functionArn ARN of a function, qualified (alias or version) or not
   * @param event what the handler receives, as JSON
   */
  invoke(functionArn: string, event: unknown, options: InvokeOptions): Promise<Invocation>;
}

export interface InvokeOptions {
  /** How long the caller waits, in milliseconds; the function's own time limit holds besides. */
  readonly timeoutMs: number;
}

export type Invocation =
  /** The handler returned. */
  | { readonly kind: "result"; readonly payload: unknown }
  /** The handler threw, ran into its own time limit, crashed, or its payload was too large. */
  | { readonly kind: "error"; readonly errorType: string; readonly errorMessage: string }
  /** The caller's time ran out first. */
  | { readonly kind: "timeout" }
  /** No concurrency left: Lambda's 429 TooManyRequestsException. */
  | { readonly kind: "throttled" };
