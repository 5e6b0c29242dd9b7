// The expected ways in which a request fails: one class and one closed list of codes, each with its HTTP status.

type Level = "info" | "warn" | "error";

interface Kind {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Level of the log line; `warn` and `error` need an operator's attention. */
  readonly level: Level;
  /** Public text, followed by the detail. */
  readonly text: string;
}

/** Every code that a request can fail with. A code is stable: operators and dashboards key on it. */
export const failures = {
  "malformed-json": { status: 400, level: "info", text: "the body is not valid JSON" },
  "invalid-request": { status: 400, level: "info", text: "invalid request" },
  "refused-by-model": { status: 400, level: "warn", text: "the model cannot run on these inputs" },
  /** Thrown by the model's own transform, which also gives the status and the whole text. */
  "refused-by-transform": { status: 400, level: "info", text: "refused" },
  "foreign-model": { status: 403, level: "warn", text: "forbidden" },
  "unknown-model": { status: 404, level: "info", text: "no such model" },
  "unknown-version": { status: 404, level: "info", text: "no such version of the model" },
  "no-default-model": { status: 404, level: "warn", text: "no default model" },
  "unknown-route": { status: 404, level: "info", text: "no such route" },
  "method-not-allowed": { status: 405, level: "info", text: "method not allowed" },
  "request-too-large": { status: 413, level: "info", text: "request too large" },
  "response-too-large": { status: 413, level: "info", text: "response too large" },
  "unsupported-encoding": { status: 415, level: "info", text: "unsupported Content-Encoding" },
  /** An endpoint computes the model, and has more requests than it can take. */
  "model-busy": { status: 503, level: "warn", text: "the model has more requests than it can take" },
  "model-unavailable": { status: 503, level: "error", text: "the model is not available" },
} as const satisfies Record<string, Kind>;

export type FailureCode = keyof typeof failures;

/** Additional headers of the answer to a failure. */
type Headers = Readonly<Record<string, string>>;

/**
 * A failure whose message is sent to the caller. The detail names the field and the limit, never the value that was
 * sent; the cause goes to the log only.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly headers: Headers;

  constructor(
    readonly code: FailureCode,
    detail: string,
    options: { readonly headers?: Headers; readonly cause?: unknown } = {},
  ) {
    super(detail === "" ? failures[code].text : `${failures[code].text}: ${detail}`, { cause: options.cause });
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return failures[this.code].status;
  }

  get level(): Level {
    return failures[this.code].level;
  }
}

/** A failure `invalid-request` for a field of the request: `inputs[0].shape: must be …`. */
export function invalid(field: string, reason: string): Failure {
  return new Failure("invalid-request", `${field}: ${reason}`);
}

/** A failure for inputs that fit the signature, but on which the runtime fails. @param message the runtime's */
export function refusedByModel(message: string): Failure {
  return new Failure("refused-by-model", "their values or shapes do not fit together", {
    cause: withoutValues(message),
  });
}

/** The runtime's message up to where it starts to quote the request: it names the node that failed, but no values. */
export function withoutValues(message: string): string {
  return message.split(/Status Message|\bgot\b/i)[0]!.slice(0, 200);
}

/**
 * A bug of a model's transform, which the operator finds in the log. Its message is written here and never by the transform: an error's
 * own message may quote the request, and nothing of a request is logged.
 */
export class TransformFault extends Error {
  override readonly name = "TransformFault";
}

/** A failure for an answer of more bytes than Lambda carries, as the JSON event that holds it. */
export function tooLarge(limit: number): Failure {
  return new Failure(
    "response-too-large",
    `an answer is at most ${limit} bytes as an event; ask for fewer outputs, a smaller batch, or binary data`,
  );
}
