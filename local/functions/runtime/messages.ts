// Messages between the gateway and a function's process: the heads of the frames.

/** Gateway → process: run the handler. The frame's payload is the event. */
export interface InvocationHead {
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

// Errors of a function's code, worded as by Lambda's Node.js runtime.

/** Longest message or stack trace that is passed on, in characters. */
const messageLimit = 32 * 1024;

/** An error raised by the runtime, not by the function's code. */
export class RuntimeError extends Error {
  constructor(
    readonly errorType: string,
    message: string,
  ) {
    super(message);
  }
}

/** Describes any thrown value as Lambda's Invoke would. Never throws, whatever the value's accessors do. */
export function functionError(thrown: unknown): FunctionError {
  try {
    if (thrown instanceof RuntimeError) return { errorType: thrown.errorType, errorMessage: cut(thrown.message) };
    if (isError(thrown)) return { errorType: cut(String(thrown.name)), errorMessage: cut(String(thrown.message)) };
    return { errorType: typeof thrown, errorMessage: cut(String(thrown)) };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    };
  }
}

/** The line that Lambda's runtime writes to the function's log for an error. */
export function errorLine(
  what: "Invoke Error" | "Uncaught Exception" | "Init Error",
  thrown: unknown,
  requestId: string,
): string {
  const { errorType, errorMessage } = functionError(thrown);
  const stack = isError(thrown) && typeof thrown.stack === "string" ? cut(thrown.stack).split("\n") : [];
  return `${new Date().toISOString()}\t${requestId}\tERROR\t${what}\t${JSON.stringify({ errorType, errorMessage, stack })}\n`;
}

function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
}

function cut(text: string): string {
  return text.length > messageLimit ? text.slice(0, messageLimit) : text;
}
