import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type LocalRun, startRun } from "../../../local/run/run";
import { spanExporter } from "../../../local/tracing/exporter";
import type { Span } from "../../../local/tracing/spans";
import { caller, flower } from "../served";

interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: { resourceSpans: { resource: object; scopeSpans: { spans: Span[] }[] }[] };
}

describe("Local run: spans for an OpenTelemetry collector", function () {
  this.timeout(300_000);
  const received: Received[] = [];
  let collector: Server;
  let status = 200;
  let address = "";
  before(async () => {
    collector = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        received.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) as Received["body"] });
        response.writeHead(status).end("{}");
      });
    });
    await new Promise<void>((done) => collector.listen(0, "127.0.0.1", done));
    address = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  after(() => new Promise((done) => collector.close(done)));

  describe("of a run", () => {
    let run: LocalRun;
    let call: ReturnType<typeof caller>;
    const told: string[] = [];
    let exporter: NonNullable<ReturnType<typeof spanExporter>>;
    before(async () => {
      const environment = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${address}/`,
        OTEL_EXPORTER_OTLP_HEADERS: "x-team=a%20b,x-two=2",
      };
      exporter = spanExporter(environment, "model-serving-dev", (line) => told.push(line))!;
      const log = { function: () => undefined, access: () => undefined, error: () => undefined };
      run = await startRun({ stack: "dev", set: {}, port: 0, log, watch: (watched) => exporter.call(watched) });
      call = caller(run);
    });
    after(() => run.close());
    beforeEach(() => void received.splice(0));

    async function spans(): Promise<Span[]> {
      await exporter.close();
      return received.flatMap(({ body }) => body.resourceSpans[0]!.scopeSpans[0]!.spans);
    }
    const right = () => ({ "x-api-key": run.credentials.apiKey! });
    const valueOf = (span: Span, key: string) =>
      Object.values(span.attributes.find((one) => one.key === key)?.value ?? {})[0];

    it("continue the caller's trace: one for the call, and one for each gate below it", async () => {
      const [traceId, spanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
      const headers = { ...right(), traceparent: `00-${traceId}-${spanId}-01` };
      const answer = await call("POST", "/mymodel?key=secret", { headers, body: flower });
      expect(answer.status).to.equal(200);
      const [server, ...gates] = await spans();
      expect(server).to.include({ traceId, parentSpanId: spanId, name: "POST /mymodel", kind: 2 });
      expect(valueOf(server!, "http.response.status_code")).to.equal("200");
      expect(valueOf(server!, "url.path")).to.equal("/dev/mymodel");
      expect(valueOf(server!, "aws.request_id")).to.equal(answer.headers["x-amzn-requestid"]);
      expect(gates.map(({ name }) => name)).to.deep.equal([
        ...["webAcl", "methodSelection", "authorization", "usagePlan", "requestValidation", "integration"],
      ]);
      const ids = new Set([server!, ...gates].map((span) => span.spanId));
      expect(ids.size).to.equal(7);
      let end = BigInt(server!.startTimeUnixNano);
      for (const gate of gates) {
        expect(gate).to.include({ traceId, parentSpanId: server!.spanId });
        expect(BigInt(gate.startTimeUnixNano)).to.equal(end);
        end = BigInt(gate.endTimeUnixNano);
      }
      expect(end <= BigInt(server!.endTimeUnixNano)).to.equal(true);
      expect(received[0]!.path).to.equal("/v1/traces");
      expect(received[0]!.headers).to.include({ "x-team": "a b", "x-two": "2", "content-type": "application/json" });
      expect(JSON.stringify(received[0]!.body.resourceSpans[0]!.resource)).to.contain("model-serving-dev");
    });

    it("name a call of no trace by the id that the function's log has, and say why it was refused", async () => {
      const root = "Root=1-5759e988-bd862e3fe1be46a994272793";
      await call("POST", "/mymodel", { headers: { "x-amzn-trace-id": root, "x-api-key": "wrong" }, body: flower });
      const [server, ...gates] = await spans();
      expect(server!.traceId).to.equal("5759e988bd862e3fe1be46a994272793");
      expect(server!.parentSpanId).to.equal(undefined);
      expect(server!.status.code).to.equal(0);
      expect(gates.at(-1)).to.deep.include({
        name: "usagePlan",
        status: { code: 2, message: "the API key is unknown" },
      });
    });

    it("are none where the caller has decided against, and no other where traceparent is not one", async () => {
      const not = [
        `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "x",
      ];
      for (const traceparent of not) await call("GET", "/v2", { headers: { ...right(), traceparent } });
      const made = (await spans()).filter(({ kind }) => kind === 2);
      expect(made.map(({ parentSpanId }) => parentSpanId)).to.deep.equal([undefined, undefined, undefined]);
      received.splice(0);
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
      await call("GET", "/v2", { headers: { ...right(), traceparent } });
      expect(await spans()).to.deep.equal([]);
    });

    it("hold no credential", async () => {
      await call("POST", `/mymodel?k=${run.credentials.apiKey}`, { headers: right(), body: flower });
      await spans();
      expect(JSON.stringify(received)).to.not.contain(run.credentials.apiKey!);
    });

    it("are dropped where they cannot be sent, which is told once", async () => {
      status = 503;
      for (let times = 0; times < 3; times++) {
        await call("GET", "/v2", { headers: right() });
        await exporter.close();
      }
      status = 200;
      expect(told).to.deep.equal([
        `Spans cannot be sent to ${address}: it answers 503. They are dropped until they can.`,
      ]);
    });
  });

  it("are none without the variable", () => {
    expect(spanExporter({}, "service", () => undefined)).to.equal(undefined);
  });

  it("go to the address for traces as it stands", async () => {
    received.splice(0);
    const environment = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${address}/own`, OTEL_SERVICE_NAME: "mine" };
    const exporter = spanExporter(environment, "service", () => undefined)!;
    await exporter.close();
    expect(received).to.deep.equal([]);
  });

  const wrong: readonly [environment: Record<string, string>, message: string][] = [
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" },
      "OTEL_EXPORTER_OTLP_ENDPOINT is localhost:4318: it must be an HTTP",
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      "OTEL_EXPORTER_OTLP_PROTOCOL is grpc: spans are sent by http/json alone",
    ],
  ];
  for (const [environment, message] of wrong)
    it(`are refused with ${JSON.stringify(environment)}`, () => {
      expect(() => spanExporter(environment, "service", () => undefined)).to.throw(message);
    });
});
