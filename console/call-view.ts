// A call as the page shows it: its gates with their times and what declares them, and both messages without credentials.

import type { Graph } from "../graph/resource";
import { type CallLog, type KeptCall, summaryOf } from "./call-log";
import { gatesOf } from "./gates";
import type { Masks } from "./masks";
import type { CallView, GateView, Message } from "./wire";

/** Longest text of a message that is shown, in bytes. */
const longest = 256 * 1024;

export function callView(call: KeptCall, log: CallLog, graph: Graph, masks: Masks): CallView {
  const { request, response, trace } = call;
  const { known } = trace;
  return {
    ...summaryOf(call),
    gates: metGates(call, graph),
    responseType: known.responseType,
    request: messageOf(request.headers, request.body, masks),
    response: messageOf(response.headers, Buffer.from(response.body), masks),
    lines: known.requestId === undefined ? [] : log.linesAbout(known.requestId),
  };
}

function metGates({ target, trace, response }: KeptCall, graph: Graph): GateView[] {
  const resourcesOf = gatesOf(target, graph);
  const { gates, times, known } = trace;
  return gates.map((gate, index): GateView => {
    const took = times[index]! - (times[index - 1] ?? 0);
    const isLast = index === gates.length - 1;
    const refused = known.reason !== undefined || response.status >= 400;
    const verdict = !isLast ? "passed" : refused ? "refused" : "answered";
    return { name: gate, ms: took, verdict, resources: resourcesOf(gate) };
  });
}

/** A message without its credentials. */
export function messageOf(
  headers: readonly (readonly [name: string, value: string])[],
  body: Buffer,
  masks: Masks,
): Message {
  return { headers: masks.headers(headers), text: textOf(body), size: body.length };
}

/** The bytes as text; `undefined` if they are none, or too many to be read. */
function textOf(body: Buffer): string | undefined {
  if (body.length > longest) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
