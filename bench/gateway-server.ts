// A server for `gateway.ts`, in a process of its own. `run <settings>`: the local run of the dev stack, its log on disk as for
// `npm start`. `floor`: HTTPS, and the same handler in one forked process, to which events go as JSON.

import { fork } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorityPair, serverPair } from "../local/certificates/certificate";
import { FileLog } from "../local/run/run-log";
import { startRun } from "../local/run/run";
import { event, loadHandler } from "./handler";
import type { Ready } from "./gateway";

/** No throttle nor quota ends a measurement. */
const unlimited = {
  apiRateLimit: 10_000,
  apiBurstLimit: 5_000,
  keyRateLimit: 10_000,
  keyBurstLimit: 5_000,
  keyQuota: 1e9,
};

const tell = (ready: Ready): void => void process.send!(ready);

async function run(settings: string): Promise<void> {
  const log = new FileLog(mkdtempSync(join(tmpdir(), "bench-")), "dev", false, () => undefined);
  const set = { ...unlimited, ...(JSON.parse(settings) as object) };
  const { apis, ca, credentials } = await startRun({ stack: "dev", set, port: 0, log });
  tell({
    url: `${apis[0]!.url}/mymodel`,
    ca: readFileSync(ca, "utf8"),
    headers: {
      ...(credentials.apiKey === undefined ? {} : { "x-api-key": credentials.apiKey }),
      ...(credentials.token === undefined ? {} : { authorization: `Bearer ${credentials.token}` }),
    },
  });
}

async function floor(): Promise<void> {
  const child = fork(__filename, ["function"], {
    execArgv: process.execArgv,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting: ((answer: { statusCode: number; body: string }) => void)[] = [];
  child.on("message", (answer) => waiting.shift()!(answer as { statusCode: number; body: string }));
  const day = 24 * 60 * 60 * 1000;
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const authority = await authorityPair("bench", ["localhost"], validity);
  const server = createServer({ ...(await serverPair(authority, ["localhost"])) }, (asked, answering) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      waiting.push(({ statusCode, body }) => answering.writeHead(statusCode).end(body));
      child.send(event(Buffer.concat(chunks).toString()));
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    tell({ url: `https://localhost:${port}/mymodel`, ca: authority.cert, headers: {} });
  });
}

/** Answers events in their order. */
function serveEvents(): void {
  const handler = loadHandler(join(__dirname, "../models"), "mymodel");
  let last: Promise<unknown> = Promise.resolve();
  process.on("message", (received) => {
    last = last.then(async () => process.send!(await handler(received as Parameters<typeof handler>[0])));
  });
}

const [kind, settings] = process.argv.slice(2);
if (kind === "function") serveEvents();
else void (kind === "floor" ? floor() : run(settings!));
process.on("disconnect", () => process.exit(0));
