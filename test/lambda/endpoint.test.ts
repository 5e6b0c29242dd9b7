import { rmSync } from "node:fs";
import { globalAgent } from "node:https";
import { expect } from "chai";
import type { PinnedModel } from "../../contract";
import { readModels } from "../../infra/function/models";
import { atEndpoints, type EndpointModels, openRuntime, refuse, type RunningEndpoint } from "./an-endpoint";
import { fixtures, type Reply, start, type Started } from "./function";
import { folderOf } from "./transform/a-model";

const datatypes = [
  "bool",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "int8",
  "int16",
  "int32",
  "int64",
  "fp16",
  "fp32",
  "fp64",
];
const identities = [...datatypes, "bytes"].map((name) => `identity-${name}`);
const others = [
  "add",
  "classifier",
  "column",
  "external",
  "gather",
  "reshape",
  "sequence",
  "split",
  "vector",
  "zipmap",
];

/** Two elements of each datatype, little-endian, among them numbers that JSON cannot hold exactly. */
const elements: Readonly<Record<string, readonly number[]>> = {
  BOOL: [1, 0],
  UINT8: [255, 0],
  INT8: [255, 128],
  UINT16: [1, 2, 255, 255],
  INT16: [1, 2, 255, 255],
  FP16: [0, 60, 1, 124],
  UINT32: [1, 0, 0, 0, 255, 255, 255, 255],
  INT32: [1, 0, 0, 0, 255, 255, 255, 255],
  FP32: [205, 204, 204, 61, 0, 0, 192, 127],
  UINT64: [1, 0, 0, 0, 0, 0, 32, 0, 255, 255, 255, 255, 255, 255, 255, 255],
  INT64: [1, 0, 0, 0, 0, 0, 32, 0, 255, 255, 255, 255, 255, 255, 255, 255],
  FP64: [154, 153, 153, 153, 153, 153, 185, 63, 0, 0, 0, 0, 0, 0, 248, 127],
  BYTES: [2, 0, 0, 0, 0xc3, 0xa9, 0, 0, 0, 0],
};

/** Calls the other model with what came of its own. */
const doubling = `export default {
  request: ({ number }) => ({ x: { shape: [1, 2], data: Float32Array.of(number, 0) } }),
  response: async ({ y }, context) => {
    const { sum } = await context.model("other").infer({ a: y, b: y });
    return { sum: sum.data };
  },
};`;

describe("Functions: a model that an endpoint computes", () => {
  let runtime: RunningEndpoint;
  let made: EndpointModels;
  let here: Started;
  let there: Started;
  before(async function () {
    made = await atEndpoints(fixtures, [...identities, ...others]);
    runtime = await openRuntime(made.engines);
    here = start([...identities, ...others]);
    await here.get("/v2/health/ready");
    there = start([...identities, ...others], { manifest: made.manifest, environment: runtime.environment });
  });
  after(() => runtime.close());
  beforeEach(() => {
    runtime.received.length = 0;
    runtime.next.length = 0;
  });

  /** The same call of the model in the function and at the endpoint: the answers must be the same, byte by byte. */
  async function same(call: (fn: Started) => Promise<Reply>): Promise<Reply> {
    const [one, other] = [await call(here), await call(there)];
    expect({ status: other.status, headers: other.headers, body: other.text }).to.deep.equal({
      status: one.status,
      headers: one.headers,
      body: one.text,
    });
    expect(other.bytes.equals(one.bytes), "the bytes").to.equal(true);
    return other;
  }

  for (const [datatype, bytes] of Object.entries(elements)) {
    it(`answers ${datatype} bit by bit as the function's own runtime, in binary and in JSON, both ways`, async () => {
      const route = `/v2/models/identity-${datatype.toLowerCase()}/infer`;
      for (const padding of ["", " ", "   "])
        for (const binary of [true, false]) {
          const input = `{"name":"x","shape":[1,2],"datatype":"${datatype}","parameters":{"binary_data_size":${bytes.length}}}`;
          const json = `{"id":"7","parameters":{"binary_data_output":${binary},"own":1},"inputs":[${input}]}${padding}`;
          const headers = { "inference-header-content-length": String(json.length) };
          const body = Buffer.concat([Buffer.from(json), Buffer.from(bytes)]);
          const reply = await same((fn) => fn.post(route, body, headers));
          expect(reply.status, reply.text).to.equal(200);
          if (binary || datatype === "FP16") continue;
          const data = /"data":(.*)\}\]\}$/.exec(reply.text)![1]!;
          const sent = `{"inputs":[{"name":"x","shape":[2,1],"datatype":"${datatype}","data":${data}}]}`;
          expect((await same((fn) => fn.post(route, sent))).text).to.contain(`"data":${data}`);
        }
      expect(runtime.received).to.have.length(9 - (datatype === "FP16" ? 3 : 0));
    });
  }

  it("sends numbers as the bytes that they are, and asks for each output as binary", async () => {
    await there.post("/v2/models/add/infer", {
      inputs: ["a", "b"].map((name) => ({ name, shape: [1, 2], datatype: "FP32", data: [1, 2] })),
    });
    const { url, contentType, body } = runtime.received[0]!;
    expect(url).to.equal("/endpoints/dev-add/invocations");
    const length = Number(
      /^application\/vnd\.sagemaker-triton\.binary\+json;json-header-size=(\d+)$/.exec(contentType)![1],
    );
    expect(body.subarray(length).toString("hex")).to.equal("0000803f00000040".repeat(2));
    const json = JSON.parse(body.subarray(0, length).toString()) as { inputs: object[]; outputs: object[] };
    expect(json.inputs[0]).to.deep.equal({
      ...{ name: "a", shape: [1, 2], datatype: "FP32" },
      parameters: { binary_data_size: 8 },
    });
    expect(json.outputs.every((output) => JSON.stringify(output).includes('"binary_data":true'))).to.equal(true);
  });

  it("serves a classifier's scores, sequences and several outputs, in rows and columns and in the order asked for", async () => {
    for (const name of ["zipmap", "classifier", "sequence", "split"]) {
      const { inputs } = (await same((fn) => fn.get(`/v2/models/${name}`))).json as {
        inputs: { name: string; shape: number[]; datatype: string }[];
      };
      const [{ name: input, shape, datatype }] = inputs as [(typeof inputs)[number]];
      const filled = shape.map((size) => (size === -1 ? 2 : size));
      const count = filled.reduce((product, size) => product * size, 1);
      const data = Array.from({ length: count }, (_, index) => index + 1);
      const reply = await same((fn) =>
        fn.post(`/v2/models/${name}/infer`, { inputs: [{ name: input, shape: filled, datatype, data }] }),
      );
      expect(reply.status, `${name}: ${reply.text}`).to.equal(200);
      const outputs = (reply.json["outputs"] as { name: string }[]).map((output) => ({ name: output.name })).reverse();
      const turned = await same((fn) =>
        fn.post(`/v2/models/${name}/infer`, { inputs: [{ name: input, shape: filled, datatype, data }], outputs }),
      );
      expect((turned.json["outputs"] as { name: string }[]).map((output) => output.name)).to.deep.equal(
        outputs.map((output) => output.name),
      );
    }
    for (const body of [
      {
        instances: [
          [1, 2],
          [3, 4],
        ],
      },
      { inputs: [[1, 2]] },
    ])
      await same((fn) => fn.post("/v1/models/identity-fp32:predict", body));
  });

  it("takes raw requests, plain routes, weights in files of their own, and says the same of itself", async () => {
    await same((fn) =>
      fn.post("/v2/models/vector/infer", Buffer.from([0, 0, 128, 63]), { "inference-header-content-length": "0" }),
    );
    await same((fn) => fn.post("/mymodel", { instances: [[true]] }));
    for (const name of [...identities, ...others])
      for (const to of [`/v2/models/${name}`, `/v2/models/${name}/ready`, `/v1/models/${name}`])
        expect((await same((fn) => fn.get(to))).status, to).to.equal(200);
    await same((fn) => fn.post("/v2/repository/index", "{}"));
  });

  it("refuses a request that does not fit the signature without a call", async () => {
    for (const body of ["{}", '{"inputs":[]}', '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]}'])
      expect((await same((fn) => fn.post("/v2/models/identity-fp32/infer", body))).status).to.equal(400);
    expect(runtime.received).to.deep.equal([]);
  });

  it("says 400 of what the runtime cannot compute, and logs why, but no value", async () => {
    const body = { inputs: [{ name: "index", shape: [1], datatype: "INT64", data: [123456789] }] };
    const metadata = (await there.get("/v2/models/gather")).json["inputs"] as { name: string; shape: number[] }[];
    body.inputs[0]!.name = metadata[0]!.name;
    const reply = await same((fn) => fn.post("/v2/models/gather/infer", body));
    expect(reply.status, reply.text).to.equal(400);
    expect(reply.log).to.include({ code: "refused-by-model", level: "warn" });
    expect(reply.log["endpoints"]).to.have.nested.property("[0].outcome", "refused");
    expect(JSON.stringify(reply.log)).to.not.contain("123456789");
  });

  it("answers a request without rows without the engine, where the signature says how, and else refuses it", async () => {
    const none = (name: string) => ({ name, shape: [0, 2], datatype: "FP32", data: [] });
    const reply = await same((fn) => fn.post("/v2/models/add/infer", { inputs: [none("a"), none("b")] }));
    expect(reply.text).to.contain('"name":"difference","datatype":"FP32","shape":[0,2],"data":[]');
    const unknown = await there.post("/v2/models/identity-fp32/infer", { inputs: [none("x")] });
    expect(unknown.status).to.equal(400);
    expect(unknown.json["error"]).to.match(/inputs: must have rows/);
    expect(runtime.received).to.deep.equal([]);
  });

  it("logs how long the endpoint took, how often it was asked, and what came of it", async () => {
    const sent = { instances: [[1]] };
    const { log } = await there.post("/v1/models/identity-fp32:predict", sent);
    const [call] = log["endpoints"] as Record<string, unknown>[];
    expect(call).to.include({ model: "identity-fp32", tries: 1, outcome: "answered" });
    expect(call!["ms"]).to.be.within(0, log["ms"] as number);
  });

  it("names the version that answered while the endpoint is updated, and refuses where another one was asked for", async () => {
    const { digest } = made.manifest.models["identity-fp32"]!;
    const other = "ab".repeat(32);
    const renamed = (response: import("node:http").ServerResponse) => {
      const end = response.end.bind(response);
      const head = response.writeHead.bind(response);
      let type = "";
      response.writeHead = ((status: number, headers: Record<string, string>) => {
        type = headers["content-type"]!;
        return head(status, headers);
      }) as never;
      response.end = ((body: Buffer) => {
        expect(type).to.contain("json-header-size");
        return end(Buffer.from(body.toString("latin1").replace(digest, other), "latin1"));
      }) as never;
      return true;
    };
    const body = { inputs: [{ name: "x", shape: [1, 1], datatype: "FP32", data: [1] }] };
    runtime.next.push(renamed, renamed);
    const reply = await there.post("/v2/models/identity-fp32/infer", body);
    expect(reply.json).to.include({ model_version: other.slice(0, 12) });
    const pinned = await there.post(`/v2/models/identity-fp32/versions/${digest.slice(0, 12)}/infer`, body);
    expect(pinned.status).to.equal(503);
    expect(pinned.headers).to.include({ "Retry-After": "10" });
  });

  it("is not ready for a while after a call that no engine answered, and never asks for that", async () => {
    const clock = performance.now.bind(performance);
    const own = start(["identity-int8"], { manifest: made.manifest, environment: runtime.environment });
    for (const to of ["/v2/health/ready", "/v2/models/identity-int8/ready"])
      expect((await own.get(to)).status).to.equal(200);
    runtime.next.push(refuse(400, "ValidationError", { message: "Endpoint dev-x of account 1 not found." }));
    const body = { instances: [[1]] };
    const down = await own.post("/v1/models/identity-int8:predict", body);
    expect(down.status).to.equal(503);
    expect(down.headers).to.include({ "Retry-After": "10" });
    for (const to of ["/v2/health/ready", "/v2/models/identity-int8/ready", "/v1/models/identity-int8"])
      expect((await own.get(to)).status, to).to.equal(503);
    const index = JSON.parse((await own.post("/v2/repository/index", "{}")).text) as { name: string; state: string }[];
    expect(index.find(({ name }) => name === "identity-int8")).to.include({ state: "UNAVAILABLE" });
    expect(runtime.received).to.have.length(1);
    try {
      performance.now = () => clock() + 10_001;
      expect((await own.get("/v2/health/ready")).status).to.equal(200);
    } finally {
      performance.now = clock;
    }
    expect((await own.post("/v1/models/identity-int8:predict", body)).status).to.equal(200);
    expect((await own.get("/v2/health/ready")).status).to.equal(200);
  });

  it("answers before Lambda's time is over, by the time that Lambda says is left", async () => {
    const environment = runtime.environment;
    const own = start(["identity-int8"], { manifest: made.manifest, environment, remaining: 1_300 });
    runtime.next.push(() => undefined);
    const reply = await own.post("/v1/models/identity-int8:predict", { instances: [[1]] });
    expect(reply.status).to.equal(503);
    expect(reply.json["error"]).to.match(/did not answer in time/);
    expect(reply.log["ms"]).to.be.within(290, 1_200);
    expect(reply.log["endpoints"]).to.have.nested.property("[0].outcome", "late");
  });

  it("lets a transform call an endpoint's model, and a model at an endpoint have a transform", async () => {
    const models = {
      mymodel: { from: "identity-fp32" as const, files: { "transform.ts": doubling } },
      other: { from: "add" as const, files: {} },
    };
    const directory = folderOf(models);
    const { manifest, transforms } = readModels(directory);
    const away = await atEndpoints(directory, Object.keys(models));
    const engines = await openRuntime(away.engines);
    try {
      const replies: string[] = [];
      for (const names of [[], ["mymodel"], ["other"], ["mymodel", "other"]]) {
        const at = (name: string, pinned: PinnedModel): PinnedModel =>
          names.includes(name) ? { ...pinned, endpoint: away.manifest.models[name]!.endpoint } : pinned;
        const mixed = Object.entries(manifest.models).map(([name, pinned]) => [name, at(name, pinned)] as const);
        const own = start(Object.keys(models), {
          directory,
          manifest: { models: Object.fromEntries(mixed) },
          beside: transforms,
          environment: engines.environment,
        });
        const reply = await own.post("/mymodel", { number: 4 });
        expect(reply.status, reply.text).to.equal(200);
        replies.push(reply.text + reply.headers["Model-Version"]);
        const called = (reply.log["endpoints"] ?? []) as { model: string }[];
        expect(called.map(({ model }) => model).sort()).to.deep.equal([...names].sort());
      }
      expect(replies[0]).to.match(/^\{"sum":\[8,0\]\}/);
      expect(new Set(replies).size).to.equal(1);
    } finally {
      await engines.close();
      globalAgent.options.ca = runtime.authority;
      rmSync(directory, { recursive: true });
    }
  });

  it("does not load the runtime where endpoints compute all models", async () => {
    const runtimes = () => Object.keys(require.cache).filter((file) => file.endsWith("lambda/edge/onnx.ts"));
    for (const [manifest, loaded] of [
      [made.manifest, 0],
      [undefined, 1],
    ] as const) {
      for (const file of runtimes()) Reflect.deleteProperty(require.cache, file);
      const own = start(["identity-int8"], { manifest, environment: runtime.environment });
      expect((await own.post("/v1/models/identity-int8:predict", { instances: [[1]] })).status).to.equal(200);
      expect(runtimes()).to.have.length(loaded);
    }
  });
});
