// Logs each decision of the authorizer as a JSON line on stdout, with the reasons that the caller is not told.

export interface Decision {
  /** `allow` lets the call pass, `deny` makes API Gateway answer 403, `unauthorized` 401, `error` 500. */
  readonly outcome: "allow" | "deny" | "unauthorized" | "error";
  /** Absent for `allow`. */
  readonly reason?: string;
  /** Like `client`, only from a verified token: otherwise anyone could write any name into the log. */
  readonly subject?: string;
  readonly client?: string;
  readonly keyId?: unknown;
  readonly requestId?: string;
  /** Messages of the error that caused an `error`; they never contain the token. */
  readonly cause?: string;
}

/** Longer texts, in characters, are truncated. */
const maxLength = 128;

export function decisionLine({ outcome, reason, subject, client, keyId, requestId, cause }: Decision): string {
  const level = outcome === "allow" ? "info" : outcome === "error" ? "error" : "warn";
  const texts = { reason, subject, client, kid: keyId, requestId, cause };
  const shown = Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, plain(text)]] : [],
  );
  return JSON.stringify({ level, event: "authorize", outcome, ...Object.fromEntries(shown) });
}

/** Truncates, and keeps printable ASCII only: the caller chooses the `kid`, and log viewers may render it. */
function plain(text: string): string {
  return text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, "?");
}

export function logDecision(decision: Decision): void {
  process.stdout.write(`${decisionLine(decision)}\n`);
}
