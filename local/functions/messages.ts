// What the gateway and a function's process say to each other: the heads of the frames.

/** Gateway → process: run the handler. The frame's payload is the event. */
export interface CallHead {
  /** UUID, the context's `awsRequestId`. */
  readonly requestId: string;
  /** ARN that was invoked, qualified as the caller named it. */
  readonly arn: string;
  /** End of the function's time, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** Process → gateway. */
export type ReplyHead =
  /** Initialisation is done: send calls. */
  | { readonly kind: "ready" }
  /** Initialisation failed; the process ends. */
  | { readonly kind: "init-error"; readonly error: FunctionError }
  /** The handler returned; the frame's payload is what. */
  | { readonly kind: "result" }
  /** The handler threw, or its result cannot be sent. */
  | { readonly kind: "error"; readonly error: FunctionError }
  /** Something was thrown where nobody could catch it; the process ends. */
  | { readonly kind: "fatal"; readonly error: FunctionError };

/** As in the answer of Lambda's Invoke when a function failed. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/**
 * Most bytes of a response. Lambda's limit is 100 bytes above the one for requests.
 * Source: the error it answers, "exceeded maximum allowed payload size (6291556 bytes)"
 */
export const responseLimit = 6 * 1024 * 1024 + 100;

/** Most bytes of a frame's content: the largest payload and a head. */
export const frameLimit = responseLimit + 1024 * 1024;
