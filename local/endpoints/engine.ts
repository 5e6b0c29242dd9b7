// What answers behind an endpoint: the embedded engine, or a V2 server that the user runs. Also the HTTP call to either.

import { type Agent, request, type RequestOptions } from "node:http";
import { request as secureRequest } from "node:https";

export interface EngineRequest {
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly body: Buffer;
}

export interface EngineAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface Engine {
  /** Name by which answers name the model. */
  readonly model: string;
  /** @throws EngineFailure if there is no answer */
  invoke(request: EngineRequest): Promise<EngineAnswer>;
  /** Accepts no more requests; resolves when those in flight have ended and so has the engine. */
  retire(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** `down`: it did not get the request; `broken`: it ended with the request; `late`: no answer in time; `large`: too long an answer. */
export class EngineFailure extends Error {
  constructor(readonly kind: "down" | "broken" | "late" | "large") {
    super(kind);
  }
}

/**
 * Milliseconds that a container has for an answer.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html ("within 60 seconds")
 */
const timeLimit = 60_000;

/**
 * Largest request and largest answer, in bytes.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-options.html ("payload sizes up to 25 MB")
 */
export const payloadLimit = 25 * 1024 * 1024;

export interface EngineCall {
  /** Where: a socket's path, or host and port; and the path of the URL. */
  readonly to: Pick<RequestOptions, "socketPath" | "host" | "port" | "path">;
  readonly secure?: boolean;
  readonly agent: Agent;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: Buffer;
  /** Milliseconds; absent: a container's. */
  readonly timeout?: number;
}

export interface EngineResponse extends Omit<EngineAnswer, "contentType"> {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** @throws EngineFailure */
export function callEngine({ to, secure, agent, method, headers, body, timeout }: EngineCall): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeout ?? timeLimit);
    const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
    const length = { "content-length": String(body?.length ?? 0) };
    const options = { ...to, agent, method, signal, headers: { ...Object.fromEntries(given), ...length } };
    const sent = (secure === true ? secureRequest : request)(options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= payloadLimit) return void chunks.push(chunk);
        reject(new EngineFailure("large"));
        sent.destroy();
      });
      response.on("error", () => reject(new EngineFailure(signal.aborted ? "late" : "broken")));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", ({ code }: NodeJS.ErrnoException) => {
      const unreached = code === "ECONNREFUSED" || code === "ENOENT";
      reject(new EngineFailure(signal.aborted ? "late" : unreached ? "down" : "broken"));
    });
    sent.end(body);
  });
}

/** Counts requests in flight, so that an engine ends when the last has. */
export class InFlight {
  private count = 0;
  private drained: (() => void) | undefined;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.count++;
    try {
      return await work();
    } finally {
      this.count--;
      if (this.count === 0) this.drained?.();
    }
  }

  /** Resolves when none is in flight. */
  async end(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => (this.drained = resolve));
  }
}
