// The stage's access log: compiles its format once, and renders one line per call.

import { contextVariable, type Getter } from "./context-variables";
import type { Exchange, Outcome } from "./exchange";

export type AccessLine = (exchange: Exchange, outcome: Outcome) => string;

/** @param format text with `$context.*`, as in `accessLogSettings.format`; an unknown or absent variable becomes `-` */
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

/** Escapes values that a caller controls (user agent, path), which could otherwise forge log entries. */
function escape(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
