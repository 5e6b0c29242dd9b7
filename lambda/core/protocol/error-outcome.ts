// The one place where errors become responses and log entries.

import { Failure, TransformFault } from "../failure";
import { jsonResponse, type ProxyResponse } from "./response";

export interface RequestOutcome {
  readonly response: ProxyResponse;
  readonly level: "info" | "warn" | "error";
  readonly code?: string;
  readonly cause?: string;
}

/** Any error but a `Failure` is a bug, of this code or of a transform: the caller gets the request id. */
export function errorOutcome(error: unknown, requestId: string): RequestOutcome {
  if (error instanceof Failure) {
    const response = jsonResponse(error.status, { error: error.message }, error.headers);
    return {
      response,
      level: error.level,
      code: error.code,
      ...(error.cause === undefined ? {} : { cause: text(error.cause) }),
    };
  }
  const response = jsonResponse(500, { error: `internal error; request ${requestId}` });
  if (error instanceof TransformFault)
    return { response, level: "error", code: "transform-failed", cause: error.message };
  return { response, level: "error", code: "internal", cause: text(error) };
}

function text(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
