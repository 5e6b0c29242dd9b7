// Between Node's messages and the gateway's: reads a request within bounds, writes an answer whole.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { FrontRequest, FrontResponse } from "./front";
import { bodyLimit, bodyTooLarge } from "./limits";

/** What an API gets to see of a message. */
export function frontRequest(message: IncomingMessage, body: Buffer, receivedAt: number): FrontRequest {
  const headers: [string, string][] = [];
  const { rawHeaders } = message;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return {
    method: message.method ?? "",
    url: message.url ?? "",
    protocol: `HTTP/${message.httpVersion}`,
    headers,
    body,
    serverName: (message.socket as TLSSocket).servername || undefined,
    sourceIp: (message.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    receivedAt,
  };
}

const empty = Buffer.alloc(0);

/** Collects the body; `gone` where the client left before its end. */
export function readBody(message: IncomingMessage): Promise<Buffer | "too large" | "gone"> {
  const { headers } = message;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined)
    return Promise.resolve(empty);
  if (declaredLength(message) > bodyLimit) return Promise.resolve("too large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimit) return void chunks.push(chunk);
      message.pause();
      resolve("too large");
    });
    message.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    message.on("close", () => resolve("gone"));
  });
}

/** Length that a client announces, in bytes; 0 where it announces none (chunked). */
export function declaredLength(message: IncomingMessage): number {
  return Number(message.headers["content-length"] ?? 0);
}

export function write(response: ServerResponse, { status, headers, body, close: last }: FrontResponse): void {
  const flat: string[] = [];
  for (const [name, value] of headers) flat.push(name, value);
  // RFC 9110 section 6.4.1: these have no body, and no length that promises one.
  const bodiless = status === 204 || status === 304;
  if (!bodiless) flat.push("Content-Length", String(Buffer.byteLength(body)));
  if (last) flat.push("Connection", "close");
  response.writeHead(status, flat);
  response.end(bodiless ? undefined : body);
}

/**
 * The client is still sending. A connection that is closed over unread bytes is reset, and the answer lost with it: so the
 * whole answer goes out first, and what comes in is dropped for a moment before the connection ends.
 */
export function refuseBody(message: IncomingMessage, response: ServerResponse, answer = bodyTooLarge): void {
  const { status, headers, body } = answer;
  response.writeHead(status, [
    ...headers.flat(),
    "Content-Length",
    String(Buffer.byteLength(body)),
    "Connection",
    "close",
  ]);
  response.write(body);
  message.resume();
  const end = (): void => {
    clearTimeout(deadline);
    response.end();
  };
  const deadline = setTimeout(end, 1_000);
  message.once("close", end);
  message.once("end", end);
}
