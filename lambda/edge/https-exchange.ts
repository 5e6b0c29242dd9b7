// One HTTPS request and its whole answer, with limits on time and size, no redirects, and verified certificates. Connections are
// kept for the next request; but Lambda freezes the function between two, so a kept one may be dead before anyone could notice.

import type { ClientRequest } from "node:http";
import { globalAgent, request as httpsRequest } from "node:https";

export interface Exchange {
  /** https, without a path. */
  readonly url: URL;
  readonly method: string;
  /** Percent-encoded, with a leading slash. */
  readonly path: string;
  /** Names and values in turn, `host` among them: as Node writes them, who would check each value of an object twice. */
  readonly headers: readonly string[];
  /** In parts, none of which is copied. */
  readonly body: readonly Uint8Array[];
  /** Maximum size of the response body, in bytes. */
  readonly limit: number;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Whether sending it twice does no harm: then a dead connection costs a second try, and no error. */
  readonly repeatable: boolean;
  /** Name of the service in messages. */
  readonly service: string;
  /**
   * Which byte of the response's body lies at a multiple of eight in memory, by its headers, so that numbers from there on need
   * not be copied; not given: the first.
   */
  readonly aligned?: ((headers: Reply["headers"]) => number) | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** There is no whole answer, and the connection is not the reason. */
export class ExchangeLimit extends Error {
  override readonly name = "ExchangeLimit";
  constructor(
    readonly limit: "time" | "size",
    message: string,
  ) {
    super(message);
  }
}

/** Returns the response whatever its status. @throws ExchangeLimit, or Node's error, with a `code` if the network failed */
export async function exchange(request: Exchange): Promise<Reply> {
  const started = performance.now();
  if (Date.now() - lastAnswer > longestIdle) dropAll();
  const first: Sending = { dead: false };
  try {
    return await send(request, request.timeout, first);
  } catch (error) {
    if (!request.repeatable || !first.dead || !isBroken(error)) throw error;
    // What is true of this connection is likely true of those that were kept beside it.
    dropAll();
    return await send(request, request.timeout - (performance.now() - started), { dead: false });
  }
}

/** Errors of a connection, as opposed to those of a certificate or of what was answered. */
const broken = new Set([
  "ECONNRESET",
  "EPIPE",
  "ECONNREFUSED",
  "ECONNABORTED",
  "ETIMEDOUT",
  "ENETUNREACH",
  "EAI_AGAIN",
]);

/** Whether the connection failed, so that another one may not. */
export function isBroken(error: unknown): boolean {
  return broken.has(String((error as { code?: unknown }).code));
}

interface Sending {
  /** Whether it failed on a kept connection before an answer began. */
  dead: boolean;
}

function send(request: Exchange, timeout: number, sending: Sending): Promise<Reply> {
  const { url, method, path, service } = request;
  const parts = request.body.filter(({ byteLength }) => byteLength > 0);
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const own = length > 0 || method !== "GET" ? ["content-length", String(length)] : [];
  const headers = [...request.headers, ...own];
  return new Promise((resolve, reject) => {
    let answered = false;
    const sent = httpsRequest({ host: url.hostname, port: url.port, method, path, headers }, (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > request.limit) {
          fail(new ExchangeLimit("size", `${service} answered more than ${request.limit} bytes`));
          return;
        }
        chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        // The body is complete: one shorter than announced raises `error` ("aborted") instead.
        clearTimeout(timer);
        lastAnswer = Date.now();
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: joined(chunks, size, request.aligned?.(headers) ?? 0) });
      });
    });
    // One timeout for the whole exchange: it also stops a server that keeps sending single bytes.
    const late = () => fail(new ExchangeLimit("time", `${service} did not answer within ${Math.round(timeout)} ms`));
    const timer = setTimeout(late, Math.min(Math.max(0, timeout), 2 ** 31 - 1));
    // Reject before destroying: data that has already arrived could still raise `end` and resolve.
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(error);
      sent.destroy();
    }
    sent.on("error", (error) => {
      sending.dead = sent.reusedSocket && !answered;
      fail(error);
    });
    transmit(sent, parts);
  });
}

/** Bytes of a part up to which it is sent together with the parts beside it. */
const largestJoined = 64 * 1024;

/** What waits together to be sent is copied into one TLS record: that pays for small parts, but large ones are sent one by one. */
function transmit(sent: ClientRequest, parts: readonly Uint8Array[]): void {
  const isLarge = (part: Uint8Array | undefined): boolean => part !== undefined && part.byteLength > largestJoined;
  const next = (index: number): void => {
    const part = parts[index];
    if (part === undefined) sent.end();
    else if (index === parts.length - 1) sent.end(part);
    else if (isLarge(part) || isLarge(parts[index + 1])) sent.write(part, (error) => error ?? next(index + 1));
    else {
      sent.write(part);
      next(index + 1);
    }
  };
  next(0);
}

/** One buffer of all chunks, whose byte `at` lies at a multiple of eight. */
function joined(chunks: readonly Buffer[], size: number, at: number): Buffer {
  const memory = Buffer.allocUnsafe(size + 7);
  const start = 7 - ((memory.byteOffset + at + 7) % 8);
  let end = start;
  for (const chunk of chunks) end += chunk.copy(memory, end);
  return memory.subarray(start, end);
}

/**
 * Milliseconds after which a kept connection is not used again, as Node's own limit, whose timer stands still while the function is
 * frozen: what lies between may have forgotten the connection without a word, and a request would wait for its whole time.
 */
const longestIdle = 5_000;

/** When an answer came last, by the wall clock, which does not stand still. */
let lastAnswer = 0;

function dropAll(): void {
  for (const sockets of Object.values(globalAgent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
