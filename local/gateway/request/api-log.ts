// The log of one API: the access log that its stage declares, and errors for the operator.

import { performance } from "node:perf_hooks";
import type { Resource } from "../../../graph/resource";
import type { Exchange, LoggedResponse } from "./exchange";
import type { HttpResponse } from "../../server/http-message";
import { contextVariable, type Getter } from "./context-variables";

/** Receivers of the log lines of all APIs. */
export interface LogSinks {
  /** Receives each line of an API's access log. */
  readonly accessLog: (api: string, line: string) => void;
  /** Receives why a request was rejected or failed. For the operator only; contains no credential. */
  readonly errorLog: (api: string, requestId: string, reason: string) => void;
}

export interface ApiLog {
  /** @param started `performance.now()` at the start of the request */
  answered(exchange: Exchange, response: HttpResponse, started: number): void;
  error(requestId: string, reason: string): void;
}

/**
 * @param stage an API's stage; without an `accessLogSettings.format` no access log is written
 * @param api name of the API, passed on with each line
 */
export function apiLog(stage: Resource, api: string, { accessLog, errorLog }: LogSinks): ApiLog {
  const format = (stage.inputs["accessLogSettings"] as { format?: unknown } | undefined)?.format;
  const line = typeof format === "string" ? compileAccessLog(format) : undefined;
  return {
    answered(exchange, { status, body }, started) {
      if (!line) return;
      const latencyMs = Math.round(performance.now() - started);
      accessLog(api, line(exchange, { status, responseLength: Buffer.byteLength(body), latencyMs }));
    },
    error: (requestId, reason) => errorLog(api, requestId, reason),
  };
}

// The stage's access log: compiles its format once, and renders one line per request.

type AccessLine = (exchange: Exchange, outcome: LoggedResponse) => string;

/** @param format text with `$context.*`, as in `accessLogSettings.format`; an unknown or absent variable becomes `-` */
function compileAccessLog(format: string): AccessLine {
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
