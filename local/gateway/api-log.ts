// What an API of the graph writes of its calls: the access log that its stage asks for, and faults for the operator.

import { performance } from "node:perf_hooks";
import type { Resource } from "../../graph/resource";
import { compileAccessLog } from "./access-log";
import type { Exchange } from "./exchange";
import type { FrontResponse } from "./front";

/** Where the lines of every API go. */
export interface LogSinks {
  /** Receives each line of an API's access log. */
  readonly accessLog: (api: string, line: string) => void;
  /** Receives why a call was refused or failed, for the operator: never a credential, never shown to the caller. */
  readonly faultLog: (api: string, requestId: string, reason: string) => void;
}

export interface ApiLog {
  /** @param started when the call began, in milliseconds of `performance.now` */
  answered(exchange: Exchange, response: FrontResponse, started: number): void;
  fault(requestId: string, reason: string): void;
}

/**
 * @param stage an API's, whose `accessLogSettings.format` is the line; without one no line is written
 * @param api name that the lines are told apart by
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
