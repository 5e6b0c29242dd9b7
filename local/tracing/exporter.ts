// Sends spans to whoever the environment names, in batches: OTLP over HTTP, as JSON. What cannot be sent is dropped: a call never waits
// for it.
// Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/

import type { WatchedCall } from "../gateway/gateway";
import { spansOf } from "./spans";

export interface SpanExporter {
  /** Takes a call; it is quick. */
  call(call: WatchedCall): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Milliseconds and calls after which a batch is sent; most calls that wait while one is under way; milliseconds for an answer. */
const [batchMs, batchCalls, mostWaiting, patience] = [1_000, 512, 4_096, 10_000];

/**
 * @param environment that holds OTEL_EXPORTER_OTLP_ENDPOINT, to which `/v1/traces` is added, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
 * @param tell receives a sentence when spans cannot be sent, once until they can again
 * @returns undefined if neither is set
 * @throws Error naming the variable if it is no HTTP address, or asks for another protocol
 */
export function spanExporter(
  environment: Readonly<Record<string, string | undefined>>,
  service: string,
  tell: (line: string) => void,
): SpanExporter | undefined {
  const url = addressIn(environment);
  if (url === undefined) return undefined;
  const headers = { "Content-Type": "application/json", ...headersIn(environment) };
  const resource = {
    attributes: [{ key: "service.name", value: { stringValue: environment.OTEL_SERVICE_NAME || service } }],
  };
  let waiting: WatchedCall[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let failing = false;

  const send = async (): Promise<void> => {
    const calls = waiting;
    waiting = [];
    const spans = calls.flatMap(spansOf);
    if (spans.length === 0) return;
    const body = JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "model-serving" }, spans }] }],
    });
    const problem = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(patience) }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok ? undefined : `it answers ${response.status}`;
      },
      (error: Error) => String((error.cause as Error | undefined)?.message ?? error.message),
    );
    if (problem !== undefined && !failing)
      tell(`Spans cannot be sent to ${url.origin}: ${problem}. They are dropped until they can.`);
    failing = problem !== undefined;
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending = (sending ?? Promise.resolve()).then(send);
    return sending;
  };
  return {
    call: (call) => {
      if (waiting.length >= mostWaiting) return;
      waiting.push(call);
      if (waiting.length === batchCalls) void flush();
      else timer ??= setTimeout(() => void flush(), batchMs).unref();
    },
    close: flush,
  };
}

function addressIn(environment: Readonly<Record<string, string | undefined>>): URL | undefined {
  const own = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const name = own ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const text = environment[name];
  if (!text) return undefined;
  const protocol =
    environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? environment.OTEL_EXPORTER_OTLP_PROTOCOL ?? "http/json";
  if (!protocol.startsWith("http/"))
    throw new Error(
      `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: spans are sent by http/json alone, mostly to port 4318`,
    );
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new Error(`${name} is ${text}: it must be an HTTP address, for example http://localhost:4318`);
  return new URL(own ? text : `${text.replace(/\/$/, "")}/v1/traces`);
}

/** `name=value,name=value`, percent-encoded. */
function headersIn(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const text = environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? environment.OTEL_EXPORTER_OTLP_HEADERS ?? "";
  return Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [name = "", ...value] = pair.split("=");
      return name.trim() === "" ? [] : [[name.trim(), decodeURIComponent(value.join("=").trim())]];
    }),
  );
}
