// Messages between the gateway and a function's process: the heads of the frames.

/** Gateway → process: run the handler. The frame's payload is the event. */
export interface CallHead {
  /** UUID, the context's `awsRequestId`. */
  readonly requestId: string;
  /** The invoked ARN, qualified as by the caller. */
  readonly arn: string;
  /** When the function's time limit ends, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** Process → gateway. */
export type ReplyHead =
  /** Initialisation is done: send calls. */
  | { readonly kind: "ready" }
  /** Initialisation failed; the process ends. */
  | { readonly kind: "init-error"; readonly error: FunctionError }
  /** The handler returned; the frame's payload is its result. */
  | { readonly kind: "result" }
  /** The handler threw, or its result cannot be serialised or is too large. */
  | { readonly kind: "error"; readonly error: FunctionError }
  /** An uncaught exception or unhandled rejection; the process ends. */
  | { readonly kind: "fatal"; readonly error: FunctionError };

/** As in the response of Lambda's Invoke when a function fails. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/**
 * Largest response in bytes. Lambda's limit is 100 bytes above the one for requests.
 * Source: its error "exceeded maximum allowed payload size (6291556 bytes)"
 */
export const responseLimit = 6 * 1024 * 1024 + 100;

/** Largest content of a frame in bytes: the largest payload and a head. */
export const frameLimit = responseLimit + 1024 * 1024;
