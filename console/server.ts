// The console: a page on a loopback port, and what it asks for. It shows and does what the user of the run may do, for that user alone.

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalRun } from "../local/run/run";
import { NotTried } from "../verify/source";
import type { CallLog } from "./call-log";
import { refusalOf, securityHeaders } from "./guard";
import type { Routes } from "./routes";
import type { Failed } from "./wire";

export interface Console {
  /** With the token: whoever has it may do what the run's user may. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  readonly run: LocalRun;
  /** Settings that the run was started with. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly log: CallLog;
  /** 0: any free one. Undefined: the usual one, or any free one in its place. */
  readonly port?: number;
}

const usualPort = 8440;

/** @throws the system's error if the port is in use */
export async function openConsole({ run, set, log, port: asked }: ConsoleOptions): Promise<Console> {
  const token = randomBytes(32).toString("base64url");
  // What shows the run is loaded when somebody looks: most starts are not for that.
  let opened: Promise<Routes> | undefined;
  const routes = (): Promise<Routes> => (opened ??= import("./routes").then(({ routesOf }) => routesOf(run, set, log)));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    const path = url.split("?")[0]!;
    const isPage = method === "GET" && !path.startsWith("/api/");
    const refused = refusalOf(request, port, token, isPage);
    if (refused !== undefined) return fail(response, refused.status, refused.error);
    if (isPage) {
      const file = (await (await import("./page-files")).pageFiles())[path];
      if (file === undefined) return fail(response, 404, "there is nothing at this address");
      return void response.writeHead(200, { ...securityHeaders, "Content-Type": file.type }).end(file.content);
    }
    const { routes: known, masks } = await routes();
    for (const [of, pattern, respond] of known) {
      const match = of === method ? pattern.exec(url) : null;
      if (match === null) continue;
      const result = await respond(match, request, response);
      if (result === undefined) return;
      return send(response, 200, masks.of(JSON.stringify(result)));
    }
    fail(response, 404, "there is nothing at this address");
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(async (error: Error) => {
      if (response.headersSent) return void response.destroy();
      // What cannot be tried is told with its reason; of a defect, too, nothing secret.
      const { masks } = await routes();
      fail(response, error instanceof NotTried ? 409 : 500, masks.of(error.message));
    });
  });
  const port = await listen(server, asked ?? usualPort).catch((error: NodeJS.ErrnoException) => {
    if (asked !== undefined || error.code !== "EADDRINUSE") throw error;
    return listen(server, 0);
  });
  return {
    url: `http://localhost:${port}/?token=${token}`,
    close: async () => {
      (await opened)?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders, "Content-Type": "application/json" }).end(text);
}

function fail(response: ServerResponse, status: number, error: string): void {
  send(response, status, JSON.stringify({ error } satisfies Failed));
}
