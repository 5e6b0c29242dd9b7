// `GET /_local/metrics`: the run's metrics for Prometheus, on its own port so that the path hides none of an API.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { contentType } from "./exposition";

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Default port of OpenTelemetry's Prometheus exporters. */
const usualPort = 9464;
const path = "/_local/metrics";

/** @param asked 0: any free port; undefined: the usual port, or any free one if it is in use */
export async function serveMetrics(text: () => string, asked: number | undefined): Promise<MetricsServer> {
  const server = createServer((request, response) => answer(request, response, text));
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  if (asked === 0) await listen(0);
  else await listen(usualPort).catch(() => listen(0));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, text: () => string): void {
  request.resume();
  // DNS rebinding: a web page whose host name resolves to this machine sends its own name in Host.
  const isLocal = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? "");
  const [status, body] = !isLocal
    ? [421, "Misdirected Request\n"]
    : request.url !== path
      ? [404, `Not Found: ${path}\n`]
      : request.method !== "GET"
        ? [405, "Method Not Allowed\n"]
        : [200, text()];
  const headers = { "Content-Type": status === 200 ? contentType : "text/plain", "X-Content-Type-Options": "nosniff" };
  response.writeHead(status as number, headers).end(body);
}
