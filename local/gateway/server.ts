// A TLS server in front of one API, its default endpoint and its own domains: HTTP/1.1 over node:https, whose parser is strict, with time and size bounds.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { edgeAnswer, type FrontResponse } from "./front";
import { declaredLength, frontRequest, readBody, refuseBody, write } from "./http-message";
import { badRequest, bodyLimit, expectationFailed, headersLimit, headersTooLarge } from "./limits";
import { type Admitted, type Endpoint, TlsEndpoints, type TlsSettings } from "./tls-endpoints";

export type TlsOptions = TlsSettings;

export interface GatewayServer {
  readonly port: number;
  /** Ends idle connections at once, those with a call under way after `graceMs` (one second by default). */
  close(graceMs?: number): Promise<void>;
}

/** Time bounds in milliseconds. A slow client holds a connection no longer than these. */
export interface Patience {
  /** From the connection to the end of the headers. */
  readonly headers: number;
  /** From the connection to the end of the body. */
  readonly request: number;
  /** Between two requests of a connection. */
  readonly idle: number;
}

const patience: Patience = { headers: 10_000, request: 60_000, idle: 60_000 };

export interface ServeOptions {
  readonly tls: TlsOptions;
  /** 0 for any free one; only the loopback interface listens. */
  readonly port: number;
  readonly patience?: Partial<Patience>;
  /** Endpoints told apart by the server name that a client asks for, lower case. */
  readonly named?: ReadonlyMap<string, Endpoint>;
}

/** @param api what answers calls that ask for none of the named endpoints */
export async function serve(api: Omit<Endpoint, "tls">, options: ServeOptions): Promise<GatewayServer> {
  const { headers, request, idle } = { ...patience, ...options.patience };
  const { minVersion, bodyTooLarge, tls } = { ...api, ...options };
  const main: Endpoint = { minVersion, bodyTooLarge, tls, respond: (request) => api.respond(request) };
  const endpoints = new TlsEndpoints(main, options.named ?? new Map<string, Endpoint>(), headers);
  const server = createServer({
    ...endpoints.mainOptions,
    insecureHTTPParser: false,
    // Node would answer a missing one without a body; see `exchange`.
    requireHostHeader: false,
    // Node counts a little otherwise than AWS: what passes here is counted exactly by `beyondLimits`.
    maxHeaderSize: headersLimit * 2,
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(1_000, headers),
  });
  // Node would drop headers beyond 2,000 silently; their size is bounded, so none needs to go.
  server.maxHeadersCount = 0;
  endpoints.attach(server);
  const answer = (message: IncomingMessage, response: ServerResponse): void =>
    void exchange(endpoints.of(message.socket), message, response);
  server.on("request", answer);
  server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
    // Answered before the body is sent: that is what the client asks with `Expect: 100-continue`.
    if (declaredLength(message) <= bodyLimit) response.writeContinue();
    answer(message, response);
  });
  // RFC 9110 section 10.1.1. AWS documents no answer; to go on as if nothing had been expected would be the laxer reading.
  server.on("checkExpectation", (message: IncomingMessage, response: ServerResponse) => {
    message.on("error", ignore);
    response.on("error", ignore);
    refuseBody(message, response, expectationFailed);
  });
  // What follows would be bytes of a tunnel; there is none, and no path to route by.
  server.on("connect", (_: IncomingMessage, socket: Socket) => {
    socket.on("error", ignore);
    refuse(socket, badRequest);
  });
  server.on("clientError", refuseMalformed);
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
  { endpoint, ...client }: Admitted,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const receivedAt = Date.now();
  // A client that leaves in the middle is its own affair, never the server's.
  response.on("error", ignore);
  message.on("error", ignore);
  // RFC 9112 section 3.2.
  if (message.headers.host === undefined && message.httpVersion === "1.1")
    return refuseBody(message, response, badRequest);
  try {
    const body = await readBody(message);
    if (body === "gone") return;
    if (body === "too large") refuseBody(message, response, endpoint.bodyTooLarge);
    else write(response, await endpoint.respond({ ...frontRequest(message, body, receivedAt), ...client }));
  } catch {
    // `respond` never rejects; should it, the call is lost and the server is not.
    if (response.headersSent) response.destroy();
    else write(response, edgeAnswer(500, "Internal server error", "InternalServerErrorException", true));
  }
}

/** What the parser refuses: bad syntax, conflicting lengths (request smuggling), too many or too slow headers. */
function refuseMalformed(problem: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || problem.code === "ECONNRESET") return void socket.destroy();
  const answer =
    problem.code === "HPE_HEADER_OVERFLOW"
      ? headersTooLarge
      : problem.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? edgeAnswer(408, "Request Timeout")
        : badRequest;
  refuse(socket, answer);
}

/** Longest that a connection is kept for its client to read why it was refused, in milliseconds. */
const lastWordsMs = 1_000;

/** Answers on a connection that no parser reads any more, and ends it, whether or not the client does. */
function refuse(socket: Socket, answer: FrontResponse): void {
  const head = [...answer.headers, ["Content-Length", Buffer.byteLength(answer.body)], ["Connection", "close"]]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  socket.end(`HTTP/1.1 ${answer.status} Refused\r\n${head}\r\n${String(answer.body)}`);
  socket.resume();
  const end = setTimeout(() => socket.destroy(), lastWordsMs);
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
