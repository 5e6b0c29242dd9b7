// The stage's access log: its format, compiled once, gives one line for each call.

import { contextVariable, type Getter } from "./context-variables";
import type { Exchange, Outcome } from "./exchange";

export type AccessLine = (exchange: Exchange, outcome: Outcome) => string;

/**
 * @param format text with `$context.*` in it, as `accessLogSettings.format`; what a call lacks, and variables nobody knows, read `-`
 */
export function compileAccessLog(format: string): AccessLine {
  const parts = format
    .replace(/\s*\n\s*/g, " ")
    .split(/(\$context\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/)
    .map((part): string | Getter => {
      if (!part.startsWith("$context.")) return part;
      return contextVariable(part.slice("$context.".length)) ?? "-";
    });
  return (exchange, outcome) =>
    parts.map((part) => (typeof part === "string" ? part : escape(part(exchange, outcome) ?? "-"))).join("");
}

/** What a caller chose (its user agent, its path) must end neither a JSON string nor a line: a log entry can't be forged. */
function escape(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
