// Errors of a call that has no result, worded as by Lambda's Invoke.

import { payloadLimit } from "../../../contract";
import { exitMessage, type Outcome } from "./environment";
import type { Invocation } from "./invocation";
import type { FunctionError } from "../runtime/messages";

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
export function invocationOf(requestId: string, outcome: Outcome): Invocation {
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
