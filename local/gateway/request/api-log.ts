// The log of one API: the access log that its stage declares, and faults for the operator.

import { performance } from "node:perf_hooks";
import type { Resource } from "../../../graph/resource";
import { compileAccessLog } from "./access-log";
import type { Exchange } from "./exchange";
import type { FrontResponse } from "../../server/message";

/** Receivers of the log lines of all APIs. */
export interface LogSinks {
  /** Receives each line of an API's access log. */
  readonly accessLog: (api: string, line: string) => void;
  /** Receives why a call was refused or failed. For the operator only; contains no credential. */
  readonly faultLog: (api: string, requestId: string, reason: string) => void;
}

export interface ApiLog {
  /** @param started `performance.now()` at the start of the call */
  answered(exchange: Exchange, response: FrontResponse, started: number): void;
  fault(requestId: string, reason: string): void;
}

/**
 * @param stage an API's stage; without an `accessLogSettings.format` no access log is written
 * @param api name of the API, passed on with each line
 */
export function apiLog(stage: Resource, api: string, { accessLog, faultLog }: LogSinks): ApiLog {
  const format = (stage.inputs["accessLogSettings"] as { format?: unknown } | undefined)?.format;
  const line = typeof format === "string" ? compileAccessLog(format) : undefined;
  return {
    answered(exchange, { status, body }, started) {
      if (!line) return;
      const latencyMs = Math.round(performance.now() - started);
      accessLog(api, line(exchange, { status, responseLength: Buffer.byteLength(body), latencyMs }));
    },
    fault: (requestId, reason) => faultLog(api, requestId, reason),
  };
}
