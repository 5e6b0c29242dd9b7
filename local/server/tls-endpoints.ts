// The TLS endpoints of one port, selected by SNI: each with its certificate, its minimum version and, for mutual TLS,
// its truststore. Node's SNICallback cannot do this: it runs after version and certificate request are settled.
// Guarantee: a request reaches an endpoint only over that endpoint's own handshake.

import { constants } from "node:crypto";
import type { Server } from "node:https";
import type { Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from "node:tls";
import { type ClientCertificate, presentedCertificate } from "./client-certificate";
import { serverNameIn } from "./client-hello";
import type { HttpRequest, HttpResponse, TlsVersion } from "./http-message";

export interface TlsSettings {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /**
   * Mutual TLS: PEM of the authorities that may issue client certificates. Absent: no client certificate is requested.
   */
  readonly truststore?: string;
}

export interface Endpoint {
  readonly minVersion: TlsVersion;
  readonly tls: TlsSettings;
  /** Largest request body in bytes; absent: API Gateway's. */
  readonly bodyLimit?: number;
  readonly bodyTooLarge?: HttpResponse;
  respond(request: HttpRequest): Promise<HttpResponse>;
}

/** The endpoint of a connection, and the client certificate shown there. */
export interface EndpointConnection {
  readonly endpoint: Endpoint;
  readonly clientCert?: ClientCertificate;
  readonly clientCertError?: string;
}

export class TlsEndpoints {
  private readonly connections = new WeakMap<object, EndpointConnection>();
  /** Connections whose ClientHello is still incomplete. */
  private readonly waiting = new Set<Socket>();

  /**
   * @param main serves connections whose SNI matches none of the others
   * @param named by SNI name, in lower case
   * @param patienceMs time limit for the ClientHello, and for the handshake
   */
  constructor(
    private readonly main: Endpoint,
    private readonly named: ReadonlyMap<string, Endpoint>,
    private readonly patienceMs: number,
  ) {}

  /** TLS options of the main endpoint, for the server to which `attach` adds the others. */
  get mainOptions(): ReturnType<typeof tlsOptions> {
    return tlsOptions(this.main, this.patienceMs);
  }

  /** Adds the endpoints to a server, which handles HTTP for all of them, with its own limits of time and size. */
  attach(server: Server): void {
    const [http] = server.listeners("secureConnection") as ((this: Server, socket: TLSSocket) => void)[];
    const [handshake] = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
    server.removeAllListeners("secureConnection");
    const accept = (socket: TLSSocket, endpoint: Endpoint): void => {
      if (this.accept(socket, endpoint)) http!.call(server, socket);
      else socket.destroy();
    };
    server.on("secureConnection", (socket) => accept(socket, this.main));
    if (this.named.size === 0) return;
    const servers = new Map<Endpoint, TlsServer>();
    for (const endpoint of new Set(this.named.values())) {
      if (endpoint === this.main) continue;
      const behind = createTlsServer(tlsOptions(endpoint, this.patienceMs));
      behind.on("secureConnection", (socket) => accept(socket, endpoint));
      behind.on("tlsClientError", (_, socket) => socket.destroy());
      servers.set(endpoint, behind);
    }
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) =>
      this.whenNamed(socket, (name) => {
        const behind = servers.get(this.named.get(name) ?? this.main);
        if (behind) behind.emit("connection", socket);
        else handshake!.call(server, socket);
      }),
    );
  }

  /** The endpoint of a connection. */
  of(socket: object): EndpointConnection {
    return this.connections.get(socket) ?? { endpoint: this.main };
  }

  /** Closes the connections whose ClientHello is still incomplete. */
  end(): void {
    for (const socket of this.waiting) socket.destroy();
  }

  private accept(socket: TLSSocket, endpoint: Endpoint): boolean {
    const name = (socket.servername || "").toLowerCase();
    // If the parser here and OpenSSL read different names, the request must not bypass the endpoint's own handshake.
    if ((this.named.get(name) ?? this.main) !== endpoint) return false;
    if (endpoint.tls.truststore === undefined) {
      this.connections.set(socket, { endpoint });
      return true;
    }
    const presented = presentedCertificate(socket);
    // API Gateway resets the connection of a client without a certificate, and responds to an untrusted one with 403
    // (https://repost.aws/knowledge-center/api-gateway-mutual-tls-403-errors).
    if (!presented) return false;
    this.connections.set(
      socket,
      "untrusted" in presented
        ? { endpoint, clientCertError: presented.untrusted }
        : { endpoint, clientCert: presented },
    );
    return true;
  }

  /** Calls back with the SNI name of the ClientHello, after putting its bytes back into the socket. */
  private whenNamed(socket: Socket, handOver: (name: string) => void): void {
    let seen: Buffer = Buffer.alloc(0);
    const drop = (): void => void socket.destroy();
    const timer = setTimeout(drop, this.patienceMs);
    const forget = (): void => {
      clearTimeout(timer);
      this.waiting.delete(socket);
    };
    const read = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const name = serverNameIn(seen);
      if (name === undefined) return;
      forget();
      socket.off("readable", read).off("error", drop).off("close", forget);
      socket.unshift(seen);
      handOver(name);
    };
    this.waiting.add(socket);
    socket.on("readable", read).on("error", drop).on("close", forget);
  }
}

function tlsOptions({ minVersion, tls }: Endpoint, handshakeTimeout: number) {
  const { cert, key, truststore } = tls;
  const clientCertificates = {
    ca: truststore,
    requestCert: true,
    // An untrusted client gets an HTTP response, not a TLS alert; see `accept`.
    rejectUnauthorized: false,
    // A resumed session would keep the certificate without presenting it again.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  return {
    cert,
    key,
    minVersion,
    handshakeTimeout,
    ALPNProtocols: ["http/1.1"],
    ...(truststore === undefined ? {} : clientCertificates),
  };
}
