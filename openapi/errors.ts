// The refusals of an API, by status: those of its protection, which the gateway gives, and those of the function.

import type { Kind } from "../access-matrix/rules";
import type { Schema } from "./tensor-schemas";

/** By status; the tests compare it with the function's own list of failures. */
export const refusals = {
  400: "The request is not valid, or the model cannot run on it: the text names the field, what it must be and what it is",
  401: "No token, or not a valid one",
  403: "The caller may not call this, or not this model",
  404: "No such model or version",
  413: "The request or its answer is too large; the text says the limit and what to do",
  415: "A Content-Encoding other than gzip, deflate or br",
  429: "Too many requests at once, or the quota of the API key is used up",
} as const;

export type Refusal = keyof typeof refusals;

export function errorSchema(kind: Kind): Schema {
  const text = { type: ["string", "null"] };
  return {
    type: "object",
    properties: {
      error: { ...text, description: "What is wrong. The function gives it alone" },
      message: { ...text, description: kind === "REST" ? "The same, from the gateway" : "From the gateway, alone" },
    },
  };
}

/** The responses to refer to, `Refusal400` and so on, and one for every error of the server. */
export function errorResponses(): Record<string, object> {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  const named = Object.entries(refusals).map(([status, description]) => [`Refusal${status}`, { description, content }]);
  return {
    ...(Object.fromEntries(named) as Record<string, object>),
    RefusalByTransform: { description: "The code around the model refuses the request: the text says why", content },
    ServerError: {
      description:
        "The server failed; 503: the model cannot be had, and Retry-After, if it is there, says when to try again",
      content,
    },
  };
}

/** Code around a model chooses its own status, from 400 to 499. */
export const refusedByTransform = { "4XX": { $ref: "#/components/responses/RefusalByTransform" } } as const;

/** Responses of an operation that may be refused for these reasons. */
export function refusedBy(statuses: readonly Refusal[]): Record<string, object> {
  return {
    ...Object.fromEntries(
      [...statuses].sort().map((status) => [status, { $ref: `#/components/responses/Refusal${status}` }]),
    ),
    "5XX": { $ref: "#/components/responses/ServerError" },
  };
}
