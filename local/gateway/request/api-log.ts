// The log of one API: the access log that its stage declares, and errors for the operator.

import { performance } from "node:perf_hooks";
import type { Resource } from "../../../graph/resource";
import type { Exchange, LoggedResponse } from "./exchange";
import type { HttpResponse } from "../../server/http-message";
import { contextVariable, type Getter } from "./context-variables";
import { type LogRecord, logRecord } from "../../base/log-record";

/** Receivers of the log lines of all APIs. */
export interface LogSinks {
  /** Receives each line of an API's access log, and what a JSON line holds. */
  readonly accessLog: (api: string, line: string, record: LogRecord) => void;
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
      const written = line(exchange, { status, responseLength: Buffer.byteLength(body), latencyMs });
      accessLog(api, written.line, written.record);
    },
    error: (requestId, reason) => errorLog(api, requestId, reason),
  };
}

// The stage's access log: compiles its format once, and renders one line per request.

type AccessLine = (
  exchange: Exchange,
  outcome: LoggedResponse,
) => { readonly line: string; readonly record: LogRecord };

/** @param format text with `$context.*`, as in `accessLogSettings.format`; an unknown or absent variable becomes `-` */
function compileAccessLog(format: string): AccessLine {
  const texts = format.replace(/\s*\n\s*/g, " ").split(variable);
  const parts = texts.map((part): string | Getter => {
    if (!part.startsWith("$context.")) return part;
    return contextVariable(part.slice("$context.".length)) ?? "-";
  });
  const fields = fieldsOf(format, texts);
  return (exchange, outcome) => {
    let line = "";
    const values: string[] = [];
    for (const part of parts) {
      const value = typeof part === "string" ? part : (part(exchange, outcome) ?? "-");
      values.push(value);
      line += typeof part === "string" ? part : escape(value);
    }
    if (fields === undefined) return { line, record: logRecord(line) };
    const record: Record<string, string> = {};
    for (const { name, part } of fields) record[name] = values[part]!;
    return { line, record };
  };
}

const variable = /(\$context\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/;

/**
 * The fields of a format that is a JSON object of texts, each of them one variable, as this program's are: the record of a line is then
 * known without parsing the line. Undefined for any other format.
 */
function fieldsOf(format: string, texts: readonly string[]): { name: string; part: number }[] | undefined {
  const declared = Object.entries(logRecord(format) ?? {});
  const variables = [...texts.keys()].filter((index) => index % 2 === 1);
  const isPlain =
    declared.length === variables.length &&
    declared.every(([, value], index) => value === texts[variables[index]!]) &&
    declared.every(([name]) => name !== "__proto__");
  return isPlain ? declared.map(([name], index) => ({ name, part: variables[index]! })) : undefined;
}

/** Most values: nothing in them is escaped. */
const plain = /^[ !#-[\]-~]*$/;

/** Escapes values that a caller controls (user agent, path), which could otherwise forge log entries. */
function escape(value: string): string {
  if (plain.test(value)) return value;
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
