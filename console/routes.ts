// What the page may ask for, and who answers.

import type { IncomingMessage, ServerResponse } from "node:http";
import { matrixOf } from "../access-matrix/matrix";
import { sourceLines } from "../graph/evaluate";
import type { LocalRun } from "../local/run/run";
import { pictureOf } from "../picture/from-graph";
import { checkGraph, type Finding } from "../policy/check";
import { NotTried } from "../verify/source";
import { Caller } from "./caller";
import { type CallLog, type KeptCall, summaryOf } from "./call-log";
import { callView } from "./call-view";
import { securityHeaders } from "./guard";
import { keysView, rotateKey } from "./keys";
import { Masks } from "./masks";
import { resourceList, resourceView } from "./resource-view";
import { stackView } from "./stack-view";
import type { CallsFrame, MetricsView, OwnRequest } from "./wire";

/** @returns what is sent as JSON; `undefined`: the response is its own */
type Respond = (match: RegExpExecArray, request: IncomingMessage, response: ServerResponse) => unknown;

export interface Routes {
  readonly masks: Masks;
  readonly routes: readonly (readonly [method: string, path: RegExp, respond: Respond])[];
  close(): void;
}

/** Most bytes of a request to the console: a body that API Gateway takes, in base64 within JSON. */
const largest = 16 * 1024 * 1024;

/** Milliseconds between signs of life on the stream of calls. */
const alive = 15_000;

/** @param set settings that the run was started with */
export function routesOf(run: LocalRun, set: Readonly<Record<string, unknown>>, log: CallLog): Routes {
  const { graph } = run;
  const masks = new Masks(run);
  const caller = new Caller(run, set, matrixOf(graph), log, masks);
  let findings: readonly Finding[] | undefined;
  let lines: Promise<ReadonlyMap<string, string>> | undefined;
  const streams = new Set<ServerResponse>();
  const kept = (id: string | undefined): KeptCall => {
    const call = log.call(Number(id));
    if (call === undefined) throw new NotTried("this call is no longer kept: the timeline keeps the last ones");
    return call;
  };
  return {
    masks,
    routes: [
      ["GET", /^\/api\/stack$/, () => stackView(run)],
      ["GET", /^\/api\/matrix$/, () => caller.view()],
      ["GET", /^\/api\/example\?model=([\w.%-]+)$/, ([, model]) => caller.example(decodeURIComponent(model!))],
      ["POST", /^\/api\/cells\/(\d+)$/, async ([, id], request) => caller.tryCell(Number(id), await bodyOf(request))],
      ["GET", /^\/api\/calls\/(\d+)$/, ([, id]) => callView(kept(id), log, graph, masks)],
      [
        "POST",
        /^\/api\/calls\/(\d+)\/replay$/,
        async ([, id], request) => caller.replay(kept(id), await bodyOf(request)),
      ],
      ["GET", /^\/api\/picture$/, () => pictureOf(graph)],
      ["GET", /^\/api\/resources$/, () => resourceList(graph)],
      [
        "GET",
        /^\/api\/resources\/(.+)$/,
        async ([, urn]) => {
          findings ??= checkGraph(graph, { today: new Date() });
          lines ??= sourceLines({ stack: graph.stack, set });
          return resourceView(decodeURIComponent(urn!), graph, run.notEnforced, findings, await lines);
        },
      ],
      ["GET", /^\/api\/models$/, () => caller.models()],
      ["GET", /^\/api\/metrics$/, (): MetricsView => ({ text: run.metricsText() })],
      ["GET", /^\/api\/keys$/, () => keysView(run)],
      ["POST", /^\/api\/keys\/([\w.%-]*)\/rotate$/, ([, client]) => rotateKey(run, decodeURIComponent(client!))],
      [
        "GET",
        /^\/api\/calls$/,
        (_, __, response) => {
          streams.add(response);
          response.on("close", () => streams.delete(response));
          stream(response, log, masks);
        },
      ],
    ],
    close: () => {
      for (const response of streams) response.end();
      caller.close();
    },
  };
}

/** Every call that is kept, then every new one, as lines of JSON, until the page closes. */
function stream(response: ServerResponse, log: CallLog, masks: Masks): void {
  const write = (frame: CallsFrame): void => {
    // A page that does not read loses frames, not this process its memory.
    if (!response.writableNeedDrain) response.write(`${masks.of(JSON.stringify(frame))}\n`);
  };
  response.writeHead(200, { ...securityHeaders, "Content-Type": "application/x-ndjson" });
  let last = 0;
  const tell = (calls: readonly KeptCall[]): void => {
    // The first calls that one hears of may be among those that were kept before.
    const fresh = calls.filter(({ id }) => id > last);
    last = fresh.at(-1)?.id ?? last;
    write({ calls: fresh.map(summaryOf) });
  };
  tell(log.all());
  const stop = log.watch(tell);
  const beat = setInterval(() => write({ alive: true }), alive).unref();
  response.on("close", () => {
    stop();
    clearInterval(beat);
  });
}

/** @throws NotTried for what is no JSON object, or too large */
async function bodyOf(request: IncomingMessage): Promise<OwnRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new NotTried(`the request is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = size === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Below.
  }
  throw new NotTried("the request's body is no JSON object");
}
