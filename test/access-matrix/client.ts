// A client that does just what a cell says, wrong TLS versions and missing certificates included.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { SecureVersion } from "node:tls";

export interface Sent {
  readonly port: number;
  /** Name that the handshake asks for, and the certificate must have. */
  readonly serverName: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Address of this machine that it comes from; the server's own without. */
  readonly from?: string;
  /** Newest version that the client speaks; the newest there is without. */
  readonly newestTls?: SecureVersion;
}

/** How a connection may end without an answer: closed by the server, or by its alert. A client's own faults are not among them. */
const ends = /^(ECONNRESET|EPIPE|EPROTO|ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ERR_SSL_TLSV1_UNRECOGNIZED_NAME)$/;

export class Client {
  private readonly agents = new Map<string, Agent>();
  private readonly ca: string;

  /** @param ca path of the certificate that the servers' come from */
  constructor(ca: string) {
    this.ca = readFileSync(ca, "utf8");
  }

  /** The status of the answer. @throws Error for whatever is neither an answer nor the server's refusal of the connection */
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

  /** Connections are kept for calls of one kind of handshake; refused handshakes are each tried anew. */
  private agentOf({ port, serverName, certificate, from, newestTls }: Sent): Agent {
    const kind = [port, serverName, certificate?.cert, from, newestTls].join(" ");
    const agent =
      this.agents.get(kind) ??
      new Agent({
        keepAlive: true,
        maxSockets: 8,
        ca: this.ca,
        ...certificate,
        // OpenSSL refuses TLS 1.1 by itself at a higher level, and the server's refusal is what is asked for.
        ...(newestTls === undefined ? {} : { minVersion: "TLSv1", maxVersion: newestTls, ciphers: "ALL:@SECLEVEL=0" }),
      });
    this.agents.set(kind, agent);
    return agent;
  }
}
