// Between Node's HTTP messages and the gateway's: reads requests within limits, writes complete responses.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { HttpRequest, HttpResponse } from "./http-message";

/** Converts a message into what an API sees of it. */
export function httpRequest(
  message: IncomingMessage,
  body: Buffer,
  receivedAt: number,
  { clientCert, clientCertError }: Pick<HttpRequest, "clientCert" | "clientCertError">,
): HttpRequest {
  const headers: [string, string][] = [];
  const { rawHeaders } = message;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  const request: HttpRequest = {
    method: message.method ?? "",
    url: message.url ?? "",
    protocol: `HTTP/${message.httpVersion}`,
    headers,
    body,
    serverName: (message.socket as TLSSocket).servername || undefined,
    sourceIp: (message.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    receivedAt,
  };
  return clientCert === undefined && clientCertError === undefined
    ? request
    : { ...request, clientCert, clientCertError };
}

const empty = Buffer.alloc(0);

/** Reads the body; `gone` if the client disconnected before its end. @param limit in bytes */
export function readBody(message: IncomingMessage, limit: number): Promise<Buffer | "too large" | "gone"> {
  const { headers } = message;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined)
    return Promise.resolve(empty);
  if (declaredLength(message) > limit) return Promise.resolve("too large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      message.pause();
      resolve("too large");
    });
    message.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    message.on("close", () => resolve("gone"));
  });
}

/** The Content-Length, in bytes; 0 if there is none (chunked). */
export function declaredLength(message: IncomingMessage): number {
  return Number(message.headers["content-length"] ?? 0);
}

export function write(response: ServerResponse, { status, headers, body, close: last }: HttpResponse): void {
  const flat: string[] = [];
  for (const [name, value] of headers) flat.push(name, value);
  // RFC 9110 section 6.4.1: these statuses have no body, so they must not announce a length.
  const bodiless = status === 204 || status === 304;
  if (!bodiless) flat.push("Content-Length", String(Buffer.byteLength(body)));
  if (last) flat.push("Connection", "close");
  response.writeHead(status, flat);
  response.end(bodiless ? undefined : body);
}

/**
 * Rejects a request while its body is still arriving. Closing a connection with unread bytes would reset it and lose
 * the response, so this writes the response and discards incoming bytes for up to `discardMs` milliseconds before it closes.
 */
export function rejectBody(
  message: IncomingMessage,
  response: ServerResponse,
  rejection: HttpResponse,
  discardMs: number,
): void {
  const { status, headers, body } = rejection;
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
  const deadline = setTimeout(end, discardMs);
  message.once("close", end);
  message.once("end", end);
}
