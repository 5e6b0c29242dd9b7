// The calls of a run as OpenTelemetry spans, one for the call and one for each gate below it.
// Sources: https://opentelemetry.io/docs/specs/otlp/#otlphttp, https://www.w3.org/TR/trace-context/#traceparent-header and
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/

import { randomBytes } from "node:crypto";
import type { WatchedCall } from "../gateway/gateway";
import { header } from "../server/api-request";

/** Span of OTLP's JSON encoding: ids in lower-case hex, times in nanoseconds since the epoch as decimal texts. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: within the gateway; 2: of a server; 3: of a client, which calls the function. */
  readonly kind: 1 | 2 | 3;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  /** Code 2: an error. */
  readonly status: { readonly code: 0 | 2; readonly message?: string };
}

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

interface Parent {
  readonly traceId: string;
  readonly spanId?: string;
  readonly sampled: boolean;
}

/** The spans of a call; none if its caller has decided that its trace is not recorded. */
export function spansOf({ target, request, response, ms }: WatchedCall): Span[] {
  const { trace, method, receivedAt } = request;
  const parent = parentOf(header(request, "traceparent"), trace.known.traceId);
  if (!parent.sampled) return [];
  const at = (after: number): string => String(BigInt(receivedAt) * 1_000_000n + BigInt(Math.round(after * 1e6)));
  const { traceId } = parent;
  const { route, requestId, reason, responseType } = trace.known;
  const call: Span = {
    ...{ traceId, spanId: newId(), parentSpanId: parent.spanId, kind: 2 },
    name: route === undefined ? method : `${method} ${route}`,
    ...{ startTimeUnixNano: at(0), endTimeUnixNano: at(ms) },
    attributes: attributes({
      "http.request.method": method,
      "http.response.status_code": response.status,
      "http.route": route,
      // Without the query, in which callers may put what is secret.
      "url.path": request.url.split("?")[0],
      "server.address": target,
      "aws.request_id": requestId,
      "error.type": response.status >= 500 ? (responseType ?? String(response.status)) : undefined,
    }),
    // A caller's mistake is no error of the server's.
    status: { code: response.status >= 500 ? 2 : 0, message: reason },
  };
  let before = 0;
  const gates = trace.gates.map(({ gate, ms: end }, index): Span => {
    const start = before;
    before = end;
    const refused = index === trace.gates.length - 1 && reason !== undefined;
    return {
      ...{ traceId, spanId: newId(), parentSpanId: call.spanId, name: gate, kind: gate === "integration" ? 3 : 1 },
      ...{ startTimeUnixNano: at(start), endTimeUnixNano: at(end) },
      attributes: attributes({ "gateway.response_type": refused ? responseType : undefined }),
      status: refused ? { code: 2, message: reason } : { code: 0 },
    };
  });
  return [call, ...gates];
}

/** The caller's own trace, or else the one that X-Ray would record, by whose id the functions' log lines name it. */
function parentOf(traceparent: string | undefined, xRay: string | undefined): Parent {
  const [, version, traceId, spanId, flags] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(traceparent ?? "") ?? [];
  const isValid = version !== undefined && version !== "ff" && !/^0+$/.test(traceId!) && !/^0+$/.test(spanId!);
  if (isValid) return { traceId: traceId!, spanId: spanId!, sampled: (parseInt(flags!, 16) & 1) === 1 };
  const [, seconds, random] = /^Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(xRay ?? "") ?? [];
  return { traceId: seconds === undefined ? randomBytes(16).toString("hex") : seconds + random, sampled: true };
}

function newId(): string {
  return randomBytes(8).toString("hex");
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]): Attribute[] => {
    if (value === undefined) return [];
    return [{ key, value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value } }];
  });
}
