// The log line is written in pieces for speed; what it must be is the JSON of one object.

import { expect } from "chai";
import { type LogEntry, logLine } from "../../../lambda/core/protocol/log-record";
import { seeded } from "../seeded";

const metrics = [
  { Name: "Requests", Unit: "Count" },
  { Name: "ClientErrors", Unit: "Count" },
  { Name: "ServerErrors", Unit: "Count" },
  { Name: "Latency", Unit: "Milliseconds" },
];
const ofCanary = [
  { Name: "CanaryRequests", Unit: "Count" },
  { Name: "CanaryErrors", Unit: "Count" },
];

/** The same line, serialised as a whole. */
function whole(entry: LogEntry, listed: boolean, namespace: string, now: number): string {
  const { status, code, model, client, ms } = entry;
  const canary = entry.variant === "canary";
  const dimensions = listed ? [["Model"], ["Client", "Model"]] : [["Model"]];
  const definitions = [
    { Namespace: namespace, Dimensions: dimensions, Metrics: metrics },
    { Namespace: namespace, Dimensions: [["Model"]], Metrics: ofCanary },
  ];
  return JSON.stringify({
    ...entry,
    _aws: { Timestamp: now, CloudWatchMetrics: canary ? definitions : definitions.slice(0, 1) },
    Model: model,
    ...(listed ? { Client: client } : {}),
    Requests: 1,
    ClientErrors: status >= 400 && status < 500 ? 1 : 0,
    ServerErrors: status >= 500 ? 1 : 0,
    Latency: ms,
    ...(canary ? { CanaryRequests: 1, CanaryErrors: status >= 500 || code === "refused-by-model" ? 1 : 0 } : {}),
  });
}

describe("Functions: the log line", () => {
  it("is, byte for byte, the JSON of its members and of its metrics", () => {
    const random = seeded(20);
    const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
    const name = () => pick("m", 'a"b\\', "é\u2028\u0001", "");
    for (let time = 0; time < 500; time++) {
      const entry: LogEntry = {
        route: pick("POST /v2/models/{model}/infer", "unknown"),
        model: name(),
        variant: pick(undefined, "canary", "stable"),
        endpoints: pick(undefined, [{ model: name(), ms: 1.25, tries: 2, outcome: "busy" }]),
        level: pick("info", "error"),
        code: pick(undefined, "internal", "refused-by-model"),
        cause: pick(undefined, 'Error: "\n    at'),
        status: pick(200, 400, 404, 499, 500, 503),
        ms: pick(0, 0.001, 12.345, 29_000),
        requestId: name(),
        traceId: name(),
        principal: name(),
        client: name(),
      };
      const [listed, namespace] = [pick(true, false), pick("model-serving", 'é"')];
      expect(logLine(entry, listed, namespace, time)).to.equal(whole(entry, listed, namespace, time));
      expect(logLine(entry, listed, "", time)).to.equal(JSON.stringify(entry));
    }
  });
});
