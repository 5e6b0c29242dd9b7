import { request } from "node:http";
import { expect } from "chai";
import { Exposition } from "../../../local/metrics/exposition";
import { logRecord } from "../../../local/base/log-record";
import { compilePattern } from "../../../local/metrics/filter-pattern";
import { type Served, serveStack } from "../served";
import type { Graph } from "../../../graph/resource";
import { measuresOf } from "../../../local/metrics/embedded-metrics";
import { Metrics } from "../../../local/metrics/metrics";

const alone = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };

/** Asks for a path of the metrics' server, by the name that is given. */
function ask(url: string, { path, host, method = "GET" }: { path?: string; host?: string; method?: string } = {}) {
  const { port, pathname } = new URL(url);
  const headers = { host: host ?? `localhost:${port}` };
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path: path ?? pathname, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const type = String(response.headers["content-type"]);
      response.on("end", () => resolve({ status: response.statusCode!, type, text }));
    });
    call.on("error", reject).end();
  });
}

describe("the metrics of a local run", () => {
  let served: Served;
  afterEach(() => served.run.close());

  it("are what the program's own filters and log lines count, in the form that Prometheus scrapes", async () => {
    served = await serveStack({ ...alone, alarms: true, clients: [{ name: "acme", models: ["mymodel"], quota: 3 }] });
    const key = { "x-api-key": served.run.credentials.apiKey! };
    for (const [headers, path] of [
      [key, "/v2/models/mymodel"],
      [key, "/v2/models/other"],
      [{}, "/v2"],
      [key, "/v2"],
      [key, "/v2"],
    ] as [Record<string, string>, string][])
      await served.call("GET", path, { headers });
    // What the function counts comes with its log, which may come later than its answer.
    const counted = /^requests_by_model_total\{.*model="unknown"\} 2$/m;
    let answer = await ask(served.run.metrics);
    for (const end = Date.now() + 120_000; !counted.test(answer.text) && Date.now() < end;)
      answer = await ask(served.run.metrics);
    const { status, type, text } = answer;
    expect([status, type]).to.deep.equal([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const value = (series: string) =>
      Number(new RegExp(`^${series.replace(/[{}.]/g, "\\$&")} (.*)$`, "m").exec(text)?.[1]);
    const api = `api="apiGateway"`;
    expect(value(`api_requests_total{${api},status="200"}`)).to.equal(2);
    // One without a key, and one that asked for a model of others.
    expect(value(`denials_total{namespace="model-serving-dev/apiGateway"}`)).to.equal(2);
    expect(value(`throttles_total{namespace="model-serving-dev/apiGateway"}`)).to.equal(1);
    const model = `function="model-serving-dev-model",namespace="model-serving-dev"`;
    expect(value(`requests_by_client_model_total{${model},client="acme",model="mymodel"}`)).to.equal(1);
    expect(value(`requests_by_model_total{${model},model="unknown"}`)).to.equal(2);
    expect(value(`client_errors_by_client_model_total{${model},client="acme",model="unknown"}`)).to.equal(1);
    expect(value(`latency_by_client_model_seconds_count{${model},client="acme",model="mymodel"}`)).to.equal(1);
    expect(text)
      .to.match(/^# TYPE latency_by_model_seconds histogram$/m)
      .and.match(/^# HELP denials_total /m);
    expect(text).not.to.include(key["x-api-key"]);
  });

  it("are given to nobody who comes by another name, and nothing else is there", async () => {
    served = await serveStack(alone);
    const url = served.run.metrics;
    expect(new URL(url).pathname).to.equal("/_local/metrics");
    for (const host of ["attacker.example.com", "localhost.attacker.example.com", "127.0.0.1.nip.io"])
      expect((await ask(url, { host })).status, host).to.equal(421);
    for (const path of ["/", "/_local", "/_local/metrics/..", "/_local/metrics?x=1"])
      expect((await ask(url, { path })).status, path).to.equal(404);
    expect((await ask(url, { method: "POST" })).status).to.equal(405);
    // No API has a path less for it.
    expect((await served.call("GET", "/_local/metrics")).status).to.equal(403);
  });
});

describe("a filter pattern", () => {
  const line = '{"status":"403","nested":{"code":7}}';
  const cases: [pattern: string, matches: boolean][] = [
    ['{ $.status = "403" }', true],
    ["{ $.status = 403 }", false],
    ['{ ($.status = "401") || ($.status = "403") }', true],
    ['{ ($.status = "401") && ($.status = "403") }', false],
    ['{ $.status != "401" }', true],
    ['{ $.absent != "401" }', false],
    ["{ $.nested.code = 7 }", true],
    ['{ $.constructor.name = "Object" }', false],
  ];
  for (const [pattern, matches] of cases)
    it(`${pattern} ${matches ? "matches" : "does not match"}`, () => {
      expect(compilePattern(pattern)(logRecord(line))).to.equal(matches);
    });

  it("matches no line that is not JSON", () => {
    const matches = compilePattern('{ $.status != "1" }');
    expect(["", "403", "null", '{"status":"403"'].map((text) => matches(logRecord(text)))).to.deep.equal(
      Array(4).fill(false),
    );
  });

  for (const pattern of [
    "ERROR",
    "[ip, user]",
    "{ $.a }",
    '{ $.a = "b"',
    '{ ($.a = "b" }',
    '{ $.a = "b" } x',
    "{ $.a IS NULL }",
  ])
    it(`is rejected where it is not read whole: ${pattern}`, () => {
      expect(() => compilePattern(pattern)).to.throw(SyntaxError);
    });
});

describe("metrics in log lines", () => {
  it("are taken by every set of dimensions, and left where a value or a dimension is missing", () => {
    const record = {
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: "n",
            Dimensions: [["Model"], ["Client", "Model"]],
            Metrics: [{ Name: "Requests", Unit: "Count" }, { Name: "Gone" }],
          },
        ],
      },
      Model: "m",
      Requests: 2,
    };
    const expected = { namespace: "n", name: "Requests", dimensions: { Model: "m" }, unit: "Count", values: [2] };
    expect(measuresOf(JSON.stringify(record))).to.deep.equal([expected]);
  });

  it("are none in lines that are malformed, whatever a model writes to its log", () => {
    for (const text of [
      '"_aws"',
      '{"_aws":null}',
      '{"_aws":{"CloudWatchMetrics":"x"}}',
      '{"_aws":{"CloudWatchMetrics":[{"Namespace":1}]}}',
      '{"_aws":{"CloudWatchMetrics":[null]}}',
      '{"_aws":{"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[null]}]}}',
      '["_aws"]',
    ])
      expect(measuresOf(text), text).to.deep.equal([]);
  });
});

describe("lines that wait until somebody asks", () => {
  const directive = { Namespace: "n", Dimensions: [["Model"]], Metrics: [{ Name: "Requests", Unit: "Count" }] };
  // Twice as many as are kept.
  const line = JSON.stringify({
    _aws: { CloudWatchMetrics: [directive] },
    Model: "m",
    Requests: 1,
    note: "x".repeat(1_000),
  });
  const lines = Math.ceil((32 * 1024 * 1024) / line.length);

  it("count once each, however many came and however often they are asked for", () => {
    const metrics = new Metrics({ resources: [] } as unknown as Graph, []);
    const count = () => /^requests_by_model_total\{.*\} (\d+)$/m.exec(metrics.text())?.[1];
    for (let made = 0; made < lines; made++) metrics.function("f", line);
    expect([count(), count()]).to.deep.equal([String(lines), String(lines)]);
    metrics.function("f", line);
    expect(count()).to.equal(String(lines + 1));
  });
});

describe("the exposition", () => {
  it("escapes what a label holds, so that no line can be forged", () => {
    const exposition = new Exposition();
    exposition.counter("calls_total", "Calls.", { model: 'a"} 1\nforged_total 9\\' })?.add(1);
    expect(exposition.text().split("\n")).to.deep.equal([
      "# HELP calls_total Calls.",
      "# TYPE calls_total counter",
      'calls_total{model="a\\"} 1\\nforged_total 9\\\\"} 1',
      "",
    ]);
  });

  it("keeps a thousand series of a family and no more", () => {
    const exposition = new Exposition();
    for (let made = 0; made < 3_000; made++) exposition.counter("calls_total", "Calls.", { model: `m${made}` })?.add(1);
    expect(exposition.text().split("\n")).to.have.lengthOf(1_003);
  });

  it("puts an observation into each bucket that it fits", () => {
    const exposition = new Exposition();
    for (const seconds of [0.004, 0.3, 100]) exposition.histogram("time_seconds", "Time.", {})?.add(seconds);
    const text = exposition.text();
    expect(text).to.include('time_seconds_bucket{le="0.005"} 1\n').and.include('time_seconds_bucket{le="0.5"} 2\n');
    expect(text).to.include('time_seconds_bucket{le="+Inf"} 3\n').and.include("time_seconds_count 3\n");
  });
});
