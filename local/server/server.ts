// A TLS server for one API: its default endpoint and its custom domains. It speaks HTTP/1.1 through node:https, whose
// parser is strict, and limits time and size.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { messageResponse, type HttpResponse } from "./http-message";
import { declaredLength, httpRequest, readBody, rejectBody, write } from "./node-message";
import {
  badRequest,
  bodyLimit,
  bodyTooLarge as tooLarge,
  expectationFailed,
  headersLimit,
  headersTooLarge,
} from "./limits";
import { type EndpointConnection, type Endpoint, TlsEndpoints, type TlsSettings } from "./tls-endpoints";

export type TlsOptions = TlsSettings;

export interface GatewayServer {
  readonly port: number;
  /**
   * Closes idle connections at once, and those with a request in flight after `graceMs` milliseconds (1,000 by
   * default).
   */
  close(graceMs?: number): Promise<void>;
}

/** Timeouts in milliseconds: no slow client holds a connection for longer. */
export interface ServerTimeouts {
  /** From the start of a request, or of a new connection, to the end of the headers. */
  readonly headers: number;
  /** From the start of a request, or of a new connection, to the end of the body. */
  readonly request: number;
  /** Between two requests on a connection. */
  readonly idle: number;
  /** From a rejection to the end of what the client still sends: closing earlier could lose the response. */
  readonly discard: number;
}

const patience: ServerTimeouts = { headers: 10_000, request: 60_000, idle: 60_000, discard: 5_000 };

export interface ServeOptions {
  readonly tls: TlsOptions;
  /** 0: any free port. The server listens on 127.0.0.1 only. */
  readonly port: number;
  readonly timeouts?: Partial<ServerTimeouts>;
  /** Endpoints selected by the client's SNI name, in lower case. */
  readonly named?: ReadonlyMap<string, Endpoint>;
}

/** @param api answers connections whose SNI selects none of the named endpoints */
export async function serve(api: Omit<Endpoint, "tls">, options: ServeOptions): Promise<GatewayServer> {
  const { headers, request, idle, discard } = { ...patience, ...options.timeouts };
  const { minVersion, bodyLimit: ownLimit, bodyTooLarge, tls } = { ...api, ...options };
  const main: Endpoint = {
    ...{ minVersion, bodyLimit: ownLimit, bodyTooLarge, tls },
    respond: (request) => api.respond(request),
  };
  const endpoints = new TlsEndpoints(main, options.named ?? new Map<string, Endpoint>(), headers);
  const server = createServer({
    ...endpoints.mainOptions,
    insecureHTTPParser: false,
    // Node's own response to a missing Host has no body; `exchange` sends one.
    requireHostHeader: false,
    // Node counts headers differently from AWS; `beyondLimits` counts exactly what passes here.
    maxHeaderSize: headersLimit * 2,
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(1_000, headers),
  });
  // Node silently drops headers beyond 2,000; their total size is bounded, so no count is needed.
  server.maxHeadersCount = 0;
  endpoints.attach(server);
  const handle = (message: IncomingMessage, response: ServerResponse): void =>
    void exchange(endpoints.of(message.socket), message, response, discard);
  server.on("request", handle);
  server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
    // With `Expect: 100-continue` the client waits for this before it sends the body.
    const { endpoint, clientCertError } = endpoints.of(message.socket);
    if (declaredLength(message) <= (endpoint.bodyLimit ?? bodyLimit) && clientCertError === undefined)
      response.writeContinue();
    handle(message, response);
  });
  // RFC 9110 section 10.1.1. AWS documents no response; ignoring the expectation would be the laxer reading.
  server.on("checkExpectation", (message: IncomingMessage, response: ServerResponse) => {
    message.on("error", ignore);
    response.on("error", ignore);
    rejectBody(message, response, expectationFailed, discard);
  });
  // The bytes after CONNECT would belong to a tunnel, which does not exist, and there is no path to route by. After a
  // request with Upgrade, Node's parser would drop what has arrived and take the rest, such as a body, for the next
  // request.
  for (const event of ["connect", "upgrade"])
    server.on(event, (_: IncomingMessage, socket: Socket) => {
      socket.on("error", ignore);
      reject(socket, badRequest, discard);
    });
  server.on("clientError", (problem: NodeJS.ErrnoException, socket: Socket) => {
    rejectMalformed(problem, socket, discard);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = 1_000) => {
      endpoints.end();
      return close(server, graceMs);
    },
  };
}

async function exchange(
  client: EndpointConnection,
  message: IncomingMessage,
  response: ServerResponse,
  discardMs: number,
): Promise<void> {
  const receivedAt = Date.now();
  // A client that disconnects early must not affect the server.
  response.on("error", ignore);
  message.on("error", ignore);
  try {
    const { endpoint } = client;
    const respond = (body: Buffer) => endpoint.respond(httpRequest(message, body, receivedAt, client));
    // An untrusted client is rejected without its body, and learns nothing else.
    if (client.clientCertError !== undefined)
      return rejectBody(message, response, await respond(Buffer.alloc(0)), discardMs);
    // RFC 9112 section 3.2.
    if (message.headers.host === undefined && message.httpVersion === "1.1")
      return rejectBody(message, response, badRequest, discardMs);
    const body = await readBody(message, endpoint.bodyLimit ?? bodyLimit);
    if (body === "gone") return;
    if (body === "too large") rejectBody(message, response, endpoint.bodyTooLarge ?? tooLarge, discardMs);
    else write(response, await respond(body));
  } catch {
    // `respond` should never reject; if it does, only this request fails.
    if (response.headersSent) response.destroy();
    else write(response, messageResponse(500, "Internal server error", "InternalServerErrorException", true));
  }
}

/**
 * Responds to what the parser rejects: bad syntax, conflicting lengths (request smuggling), oversized or slow headers.
 */
function rejectMalformed(problem: NodeJS.ErrnoException, socket: Socket, discardMs: number): void {
  if (!socket.writable || problem.code === "ECONNRESET") return void socket.destroy();
  const rejection =
    problem.code === "HPE_HEADER_OVERFLOW"
      ? headersTooLarge
      : problem.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? messageResponse(408, "Request Timeout")
        : badRequest;
  reject(socket, rejection, discardMs);
}

/** Responds on a connection that the parser has given up, and ends it whether or not the client does. */
function reject(socket: Socket, rejection: HttpResponse, discardMs: number): void {
  const head = [...rejection.headers, ["Content-Length", Buffer.byteLength(rejection.body)], ["Connection", "close"]]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  socket.end(`HTTP/1.1 ${rejection.status} Refused\r\n${head}\r\n${String(rejection.body)}`);
  socket.resume();
  const end = setTimeout(() => socket.destroy(), discardMs);
  socket.once("close", () => clearTimeout(end));
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}

function ignore(): void {
  // see the callers
}
