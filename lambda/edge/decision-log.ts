// One JSON line on stdout for each decision of the authorizer: what the operator may know and the caller may not.

/** `allow` and `deny` are policies (200 and 403), `unauthorized` is a 401, `error` a 500. */
export interface Decision {
  readonly outcome: "allow" | "deny" | "unauthorized" | "error";
  /** Why, where it is not `allow`. */
  readonly reason?: string;
  /** Of a verified token only: before that, anyone could write anyone's name into the log. */
  readonly subject?: string;
  readonly client?: string;
  readonly keyId?: unknown;
  readonly requestId?: string;
  /** Message of an error of ours or of the issuer's; no token in it. */
  readonly cause?: string;
}

/** Longest text logged, in characters. */
const maxLength = 128;

export function decisionLine({ outcome, reason, subject, client, keyId, requestId, cause }: Decision): string {
  const level = outcome === "allow" ? "info" : outcome === "error" ? "error" : "warn";
  const texts = { reason, subject, client, kid: keyId, requestId, cause };
  const shown = Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, plain(text)]] : [],
  );
  return JSON.stringify({ level, event: "authorize", outcome, ...Object.fromEntries(shown) });
}

/** Printable ASCII alone, bounded: a `kid` is the caller's to choose, and log viewers render what they are given. */
function plain(text: string): string {
  return text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, "?");
}

export function logDecision(decision: Decision): void {
  process.stdout.write(`${decisionLine(decision)}\n`);
}
