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
  /** Lines of the stack of what the function's code threw; absent where Lambda itself ended the invocation. */
  readonly trace?: readonly string[];
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

/**
 * Describes any thrown value as Lambda's Invoke would. Never throws, whatever the value's accessors do.
 * Source: `formatError` of aws-lambda-ric 4.0.2, the runtime client of nodejs24.x
 */
export function functionError(thrown: unknown): FunctionError {
  try {
    // Raised by the service and not by the runtime client, so without a trace (recorded on AWS).
    if (thrown instanceof RuntimeError && thrown.errorType.startsWith("Function."))
      return { errorType: thrown.errorType, errorMessage: thrown.message };
    if (isError(thrown)) {
      const name: unknown = thrown instanceof RuntimeError ? thrown.errorType : thrown.name;
      const stack: unknown = thrown.stack;
      const trace = typeof stack === "string" && stack !== "" ? cut(stack).split("\n") : [];
      return { errorType: cut(String(name)), errorMessage: cut(String(thrown.message)), trace };
    }
    return { errorType: typeof thrown, errorMessage: cut(String(thrown)), trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      trace: [],
    };
  }
}

/** The line that Lambda's runtime writes to the function's log for an error. */
export function errorLine(
  what: "Invoke Error" | "Uncaught Exception" | "Init Error",
  thrown: unknown,
  requestId: string,
): string {
  const { errorType, errorMessage, trace: stack = [] } = functionError(thrown);
  return `${new Date().toISOString()}\t${requestId}\tERROR\t${what}\t${JSON.stringify({ errorType, errorMessage, stack })}\n`;
}

function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
}

/** A text within the limit. The runtime client escapes ASCII's DEL, which the header of its own report cannot hold. */
function cut(text: string): string {
  return (text.length > messageLimit ? text.slice(0, messageLimit) : text).replaceAll("\x7f", "%7F");
}
