// The calls of a run, as long as they fit: for the timeline. It is filled with every request, so it only keeps references; what is shown
// is made when somebody looks.

import type { WatchedCall } from "../local/gateway/gateway";
import type { LogLine } from "../local/functions/environments/log-lines";
import type { RunLog } from "../local/run/run-log";
import type { CallSummary } from "./wire";

export interface KeptCall extends WatchedCall {
  readonly id: number;
}

/** Most calls, most bytes of their bodies, and most log lines that are kept: the oldest go. */
const [mostCalls, mostBytes, mostLines] = [2_000, 64 * 1024 * 1024, 4_000];

/** Milliseconds in which calls are gathered before those who watch hear of them. */
const gatherMs = 100;

type Listener = (calls: readonly KeptCall[]) => void;

export class CallLog {
  /** By id, the oldest first. */
  private readonly kept = new Map<number, KeptCall>();
  private readonly lines: string[] = [];
  private readonly listeners = new Set<Listener>();
  private gathered: KeptCall[] = [];
  private timer: NodeJS.Timeout | undefined;
  private nextId = 1;
  private bytes = 0;

  keep(call: WatchedCall): void {
    const kept: KeptCall = { ...call, id: this.nextId++ };
    this.kept.set(kept.id, kept);
    this.bytes += sizeOf(kept);
    for (const [id, oldest] of this.kept) {
      if (this.kept.size <= mostCalls && this.bytes <= mostBytes) break;
      this.kept.delete(id);
      this.bytes -= sizeOf(oldest);
    }
    if (this.listeners.size === 0) return;
    this.gathered.push(kept);
    this.timer ??= setTimeout(() => this.tell(), gatherMs).unref();
  }

  line({ functionName, text }: Pick<LogLine, "functionName" | "text">): void {
    this.lines.push(`${functionName} ${text}`);
    if (this.lines.length > 2 * mostLines) this.lines.splice(0, mostLines);
  }

  all(): Iterable<KeptCall> {
    return this.kept.values();
  }

  call(id: number): KeptCall | undefined {
    return this.kept.get(id);
  }

  /** The one that an API has given this id. */
  answered(requestId: string): KeptCall | undefined {
    return [...this.kept.values()].reverse().find(({ request }) => request.trace.known.requestId === requestId);
  }

  linesAbout(requestId: string): string[] {
    return this.lines.filter((line) => line.includes(requestId));
  }

  /** @returns how to stop */
  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(): void {
    this.timer = undefined;
    const calls = this.gathered;
    this.gathered = [];
    // Of a burst, those that are gone again are not worth telling.
    for (const listener of this.listeners) listener(calls.slice(-mostCalls));
  }
}

function sizeOf({ request, response }: WatchedCall): number {
  return request.body.length + response.body.length;
}

export function summaryOf({ id, target, request, response, ms }: KeptCall): CallSummary {
  const { gates, known } = request.trace;
  return {
    ...{ id, target, ms, at: request.receivedAt, method: request.method, path: request.url, status: response.status },
    ...{ requestId: known.requestId, route: known.route, reason: known.reason, gate: gates.at(-1)?.gate ?? "endpoint" },
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
