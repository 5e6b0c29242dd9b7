// The servers of `served.ts`, each in a process of its own.
// `gateway <settings> [console]`: the local run of the dev stack, its log on disk as for `npm start`; with its console, or without.
// `gateway-floor`: HTTPS, and the function in one forked process, to which events go as JSON.
// `endpoint`: HTTPS, and an answer that is sent to it before, as by an endpoint of SageMaker.
// `function`: HTTP, and the function in this process. `function-floor`: HTTP, and the function's answer from memory.

import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallLog, withCalls } from "../console/call-log";
import { openConsole } from "../console/server";
import type { WatchedCall } from "../local/gateway/gateway";
import { foreignAuthority } from "../local/certificates/authority";
import { FileLog } from "../local/run/run-log";
import { startRun } from "../local/run/run";
import { event, type Handler, loadHandler, models, requirePrediction } from "./deployed";
import type { EngineReply } from "./endpoint";
import { small } from "./function-over-http";
import type { Ready } from "./served";

/** No throttle nor quota ends a measurement. */
const unlimited = {
  apiRateLimit: 10_000,
  apiBurstLimit: 5_000,
  keyRateLimit: 10_000,
  keyBurstLimit: 5_000,
  keyQuota: 1e9,
};

const tell = (ready: Ready): void => void process.send!(ready);

async function gateway(settings: string, asked?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  const log = new FileLog(folder, "dev", false, () => undefined);
  const set = { ...unlimited, ...(JSON.parse(settings) as object) };
  const calls = asked === "console" ? new CallLog() : undefined;
  const watch = calls && { watch: (call: WatchedCall) => calls.keep(call) };
  const run = await startRun({
    stack: "dev",
    set,
    port: 0,
    log: calls === undefined ? log : withCalls(log, calls),
    ...watch,
  });
  const { apis, ca, credentials } = run;
  const console = calls && (await openConsole({ run, set, log: calls, port: 0 }));
  tell({
    console: console?.url,
    url: `${apis[0]!.url}/mymodel`,
    ca: readFileSync(ca, "utf8"),
    headers: {
      ...(credentials.apiKey === undefined ? {} : { "x-api-key": credentials.apiKey }),
      ...(credentials.token === undefined ? {} : { authorization: `Bearer ${credentials.token}` }),
    },
  });
}

type Answer = Awaited<ReturnType<Handler>>;

/** Answers each request with what becomes of its body. */
function listener(answer: (body: string) => Answer | Promise<Answer>): RequestListener {
  return (asked, answering) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      void Promise.resolve(answer(Buffer.concat(chunks).toString())).then(({ statusCode, body }) =>
        answering.writeHead(statusCode, { "content-type": "application/json" }).end(body),
      );
    });
  };
}

async function gatewayFloor(): Promise<void> {
  const child = fork(__filename, ["events"], {
    execArgv: process.execArgv,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting: ((answer: Answer) => void)[] = [];
  child.on("message", (answer) => waiting.shift()!(answer as Answer));
  const answer = (body: string): Promise<Answer> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      child.send(event(body));
    });
  await overHttps(listener(answer), "/mymodel");
}

/** Reads each request whole, and gives the answer that it was sent last. */
async function endpoint(): Promise<void> {
  let reply = { type: "", body: Buffer.alloc(0) };
  process.on("message", ({ type, body }: EngineReply) => {
    reply = { type, body: Buffer.from(body, "base64") };
    process.send!("set");
  });
  await overHttps((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": reply.type, "content-length": reply.body.length }).end(reply.body);
    });
  }, "");
}

async function overHttps(answers: RequestListener, path: string): Promise<void> {
  const authority = await foreignAuthority();
  const server = createServer(await authority.server(["localhost"]), answers);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    tell({ url: `https://localhost:${port}${path}`, ca: authority.certificate, headers: {} });
  });
}

/** Answers events in their order. */
async function events(): Promise<void> {
  const handler = await loadHandler(models, "mymodel");
  let last: Promise<unknown> = Promise.resolve();
  process.on("message", (received) => {
    last = last.then(async () => process.send!(await handler(received as object)));
  });
}

async function functionOverHttp(floor: boolean): Promise<void> {
  const handler = await loadHandler(models, "mymodel");
  const body = await requirePrediction(handler, event(small));
  const server = createPlain(listener(floor ? () => ({ statusCode: 200, body }) : (sent) => handler(event(sent))));
  server.listen(0, "127.0.0.1", () => {
    tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mymodel`, headers: {} });
  });
}

const kinds: Readonly<Record<string, (settings: string, console?: string) => Promise<void>>> = {
  ...{ gateway, "gateway-floor": gatewayFloor, events, endpoint },
  ...{ function: () => functionOverHttp(false), "function-floor": () => functionOverHttp(true) },
};
const [kind, ...settings] = process.argv.slice(2);
void kinds[kind!]!(settings[0]!, settings[1]);
process.on("disconnect", () => process.exit(0));
