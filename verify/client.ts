// An HTTPS client that sends exactly what a cell describes, old TLS versions and missing client certificates included, and
// tells a server that refuses from one that is not there.

import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { SecureVersion } from "node:tls";
import { type CertificatePair, NotTried } from "./source";

export interface Call {
  /** Scheme, host and port: the host is the server name (SNI), for which the server's certificate must be valid. */
  readonly origin: URL;
  /** Host to connect to. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly certificate?: CertificatePair;
  /** Local address; absent: the operating system's choice. */
  readonly localAddress?: string;
  /** The only TLS version that the client offers; absent: those that Node offers. */
  readonly tls?: SecureVersion;
}

export interface Answer {
  /** `no answer`: the server ended the connection. */
  readonly status: number | "no answer";
  /** As sent, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As UTF-8. */
  readonly body: string;
  readonly bytes: Buffer;
  /** Whether the handshake with the only TLS version that was offered was completed. */
  readonly handshake: boolean;
}

/** Nothing answered, and nothing refused: there is no server, its name is not known, or its certificate is not valid. */
export class Unreachable extends Error {}

/** The server ended the connection, closed or with a TLS alert (`…_ALERT_…`). */
const refused = /^(ECONNRESET|EPIPE|EPROTO|ERR_SSL_\w+_ALERT_\w+|ERR_SSL_TLSV1_UNRECOGNIZED_NAME)$/;
/** Node's OpenSSL is built or configured without the version that was to be offered. */
const unable = /^ERR_SSL_(NO_PROTOCOLS_AVAILABLE|NO_CIPHERS_AVAILABLE|UNSUPPORTED_SSL_VERSION)$/;

/** Longest wait for an answer, in milliseconds: API Gateway's integrations may take 29 seconds. */
const patience = 35_000;

/** Longest body that is kept, in bytes, unless a client is told another. */
const usualLongest = 64 * 1024;

const nothing = { status: "no answer", headers: [], body: "", bytes: Buffer.alloc(0) } as const;

export class Client {
  private readonly agents = new Map<string, Agent>();

  /**
   * @param ca PEM of the only authority to trust; absent: the public ones
   * @param longest body that is kept, in bytes
   */
  constructor(
    private readonly ca: string | undefined,
    private readonly longest = usualLongest,
  ) {}

  /** @throws Unreachable; NotTried if this machine cannot offer the TLS version */
  send(call: Call): Promise<Answer> {
    const { origin, host, method, path, headers, localAddress, tls } = call;
    return new Promise((resolve, reject) => {
      let handshake = false;
      const sent = request(
        {
          ...{ host, port: origin.port || 443, servername: origin.hostname, method, path, headers, localAddress },
          agent: tls === undefined ? this.agentOf(call) : new Agent(this.handshakeOf(call)),
          timeout: patience,
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on("data", (chunk: Buffer) => {
            if (size < this.longest) chunks.push(chunk);
            size += chunk.length;
          });
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            resolve({
              status: response.statusCode!,
              headers: pairs(response),
              body: bytes.toString(),
              bytes,
              handshake,
            });
          });
        },
      );
      // A connection that is used again has had its handshake.
      if (tls !== undefined) sent.on("socket", (socket) => socket.once("secureConnect", () => (handshake = true)));
      sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
        if (refused.test(code)) resolve({ ...nothing, handshake });
        else if (unable.test(code)) reject(new NotTried(`this machine's OpenSSL does not offer ${tls}`));
        else reject(new Unreachable(`${origin.host}: ${code || message}`));
      });
      sent.end(call.body);
    });
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  /** One agent for each kind of handshake, so that connections are reused only for calls with the same one. */
  private agentOf(call: Call): Agent {
    const kind = [call.origin.host, call.host, call.certificate?.cert, call.localAddress].join(" ");
    const agent = this.agents.get(kind) ?? new Agent({ keepAlive: true, maxSockets: 8, ...this.handshakeOf(call) });
    this.agents.set(kind, agent);
    return agent;
  }

  private handshakeOf({ certificate, tls }: Call) {
    return {
      ca: this.ca,
      ...certificate,
      // At a higher security level the client's own OpenSSL would refuse what the server is to refuse.
      ...(tls === undefined ? {} : { minVersion: tls, maxVersion: tls, ciphers: "ALL:@SECLEVEL=0" }),
    };
  }
}

function pairs({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, rawHeaders[at + 1]!]] : []));
}
