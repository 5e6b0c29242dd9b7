// Errors of a function's code, worded as by Lambda's Node.js runtime.

import type { FunctionError } from "./messages";

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
