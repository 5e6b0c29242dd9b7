// A local run in the test's own process, with a client that calls it.

import { request } from "node:https";
import { readFileSync } from "node:fs";
import { type LocalRun, type RunOptions, startRun } from "../../local/run/run";
import type { RunLog } from "../../local/run/run-log";

export interface Served {
  readonly run: LocalRun;
  /** Everything that was logged. */
  readonly lines: string[];
  /** Calls a path below the first API's base. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
}

/**
 * Starts a stack on free ports. The test must end it: `await served.run.close()`.
 * @param clock of the gateway, in milliseconds since the epoch
 * @param engines V2 servers in the place of endpoints' engines, by model
 */
export async function serveStack(
  set: Readonly<Record<string, unknown>> = {},
  stack = "dev",
  clock?: () => number,
  engines?: ReadonlyMap<string, URL>,
  more: Pick<RunOptions, "inspect" | "evaluation"> = {},
): Promise<Served> {
  const lines: string[] = [];
  const log: RunLog = {
    function: ({ functionName, text }) => lines.push(`${functionName} ${text}`),
    access: (api, line) => lines.push(`${api} ${line}`),
    error: (api, requestId, reason) => lines.push(`${api} ${requestId} ${reason}`),
  };
  const run = await startRun({ stack, set, port: 0, log, clock, ...(engines && { engines }), ...more });
  return { run, lines, call: caller(run) };
}

export function caller(run: LocalRun): Served["call"] {
  const ca = readFileSync(run.ca);
  return (method, path, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const call = request(`${run.apis[0]!.url}${path}`, { method, headers, ca }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode!, headers: response.headers, text: bytes.toString(), bytes });
        });
      });
      call.on("error", reject).end(body);
    });
}

/** A valid request body for the shipped model: one iris flower. */
export const flower = JSON.stringify({
  inputs: [{ name: "features", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }],
});
