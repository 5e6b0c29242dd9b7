// The calls of a run, as long as they fit: for the timeline. It is filled with every request, so it only keeps references; what is shown
// is made when somebody looks.

import type { WatchedCall } from "../local/gateway/gateway";
import type { LogLine } from "../local/functions/environments/log-lines";
import type { RunLog } from "../local/run/run-log";
import type { CallSummary } from "./wire";

export interface KeptCall extends WatchedCall {
  /** Its number, from 1. */
  readonly id: number;
}

/** Most calls, most bytes of their bodies, and most log lines that are kept: the oldest go. */
const [mostCalls, mostBytes, mostLines] = [2_000, 64 * 1024 * 1024, 4_000];

/** Milliseconds in which calls are gathered before those who watch hear of them. */
const gatherMs = 100;

type Listener = (calls: readonly KeptCall[]) => void;

export class CallLog {
  /** A ring: the call with the number n is at n modulo its length. */
  private readonly ring: (WatchedCall | undefined)[] = new Array<WatchedCall | undefined>(mostCalls).fill(undefined);
  private readonly lines: string[] = [];
  private readonly listeners = new Set<Listener>();
  /** Numbers of the oldest call that is kept, of the next one, and of the first that those who watch were not told of yet. */
  private oldest = 1;
  private next = 1;
  private untold = 1;
  private timer: NodeJS.Timeout | undefined;
  private bytes = 0;

  keep(call: WatchedCall): void {
    if (this.next - this.oldest === mostCalls) this.drop();
    this.ring[this.next++ % mostCalls] = call;
    this.bytes += sizeOf(call);
    while (this.bytes > mostBytes) this.drop();
    if (this.listeners.size > 0) this.timer ??= setTimeout(() => this.tell(), gatherMs).unref();
  }

  /** The oldest first. */
  all(): KeptCall[] {
    return this.since(this.oldest);
  }

  call(id: number): KeptCall | undefined {
    const call = id >= this.oldest && id < this.next ? this.ring[id % mostCalls] : undefined;
    return call && { ...call, id };
  }

  /** The one that an API has given this id. */
  answered(requestId: string): KeptCall | undefined {
    for (let id = this.next - 1; id >= this.oldest; id--)
      if (this.ring[id % mostCalls]!.trace.known.requestId === requestId) return this.call(id);
    return undefined;
  }

  line({ functionName, text }: Pick<LogLine, "functionName" | "text">): void {
    this.lines.push(`${functionName} ${text}`);
    if (this.lines.length > 2 * mostLines) this.lines.splice(0, mostLines);
  }

  linesAbout(requestId: string): string[] {
    return this.lines.filter((line) => line.includes(requestId));
  }

  /** @returns how to stop */
  watch(listener: Listener): () => void {
    if (this.listeners.size === 0) this.untold = this.next;
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(): void {
    this.timer = undefined;
    // Of a burst, those that are gone again are not worth telling.
    const calls = this.since(Math.max(this.untold, this.oldest));
    this.untold = this.next;
    for (const listener of this.listeners) listener(calls);
  }

  private since(first: number): KeptCall[] {
    return Array.from({ length: this.next - first }, (_, index) => this.call(first + index)!);
  }

  private drop(): void {
    const at = this.oldest++ % mostCalls;
    this.bytes -= sizeOf(this.ring[at]!);
    this.ring[at] = undefined;
  }
}

function sizeOf({ request, response }: WatchedCall): number {
  return request.body.length + response.body.length;
}

export function summaryOf({ id, target, request, trace, response, ms }: KeptCall): CallSummary {
  const { gates, known } = trace;
  return {
    ...{ id, target, ms, at: request.receivedAt, method: request.method, path: request.url, status: response.status },
    ...{ requestId: known.requestId, route: known.route, reason: known.reason, gate: gates.at(-1) ?? "endpoint" },
  };
}

/** The log of a run whose functions' lines are kept here, too. */
export function withCalls(log: RunLog, calls: CallLog): RunLog {
  return {
    function: (line) => {
      calls.line(line);
      log.function(line);
    },
    access: (api, line, record) => log.access(api, line, record),
    error: (api, requestId, reason) => log.error(api, requestId, reason),
  };
}
