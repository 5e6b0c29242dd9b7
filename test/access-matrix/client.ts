// An HTTPS client that sends exactly what a cell describes, including old TLS versions and missing client certificates.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { SecureVersion } from "node:tls";

export interface Sent {
  readonly port: number;
  /** Server name (SNI) in the handshake; the server's certificate must be valid for it. */
  readonly serverName: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Client certificate, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Local source address; absent: the operating system's choice. */
  readonly from?: string;
  /** Newest TLS version that the client offers; absent: Node's newest. */
  readonly newestTls?: SecureVersion;
}

/** Error codes of a connection that the server ended without an answer: closed, or with a TLS alert. No client faults. */
const ends = /^(ECONNRESET|EPIPE|EPROTO|ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ERR_SSL_TLSV1_UNRECOGNIZED_NAME)$/;

export class Client {
  private readonly agents = new Map<string, Agent>();
  private readonly ca: string;

  /** @param ca path of the CA certificate of the servers */
  constructor(ca: string) {
    this.ca = readFileSync(ca, "utf8");
  }

  /** @returns the status, or `no answer` if the server refused the connection. @throws Error for any other failure */
  send(sent: Sent): Promise<number | "no answer"> {
    return new Promise((resolve, reject) => {
      const { port, method, path, headers, serverName: servername, from: localAddress } = sent;
      const call = request(
        { host: "127.0.0.1", port, method, path, headers, servername, localAddress, agent: this.agentOf(sent) },
        (response) => {
          response.resume().on("end", () => resolve(response.statusCode!));
        },
      );
      call.on("error", (error: NodeJS.ErrnoException) =>
        ends.test(error.code ?? "") ? resolve("no answer") : reject(error),
      );
      call.end(sent.body);
    });
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  /** One agent for each kind of handshake, so that connections are reused only for calls with the same one. */
  private agentOf({ port, serverName, certificate, from, newestTls }: Sent): Agent {
    const kind = [port, serverName, certificate?.cert, from, newestTls].join(" ");
    const agent =
      this.agents.get(kind) ??
      new Agent({
        keepAlive: true,
        maxSockets: 8,
        ca: this.ca,
        ...certificate,
        // At a higher security level the client's OpenSSL would refuse TLS 1.1, but the server's refusal is tested.
        ...(newestTls === undefined ? {} : { minVersion: "TLSv1", maxVersion: newestTls, ciphers: "ALL:@SECLEVEL=0" }),
      });
    this.agents.set(kind, agent);
    return agent;
  }
}
