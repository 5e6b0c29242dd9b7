import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { localOptions } from "../../../local/commands/start-options";
import { engineAnswer, engineRequest } from "../../../lambda/core/endpoint/engine-message";
import { V2Server } from "../../../local/endpoints/v2-server";
import { serversOf } from "../../../local/run/served-models";
import { evaluate } from "../../../graph/evaluate";

const digest = "ab".repeat(32);
const binary = "application/vnd.sagemaker-triton.binary+json;json-header-size=";
const signature = {
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [
    { name: "y", tensor: "hidden", datatype: "FP32", shape: [-1, 2], type: "seq(map(int64,tensor(float)))" },
    { name: "never", shape: [], type: "tensor(int4)" },
  ],
};
const described = { inputs: [{ name: "x", datatype: "FP32" }], outputs: [{ name: "hidden", datatype: "FP32" }] };

/** A V2 server with one model, `there`: what it was asked last, and what it answers. */
interface Fake {
  readonly url: string;
  asked: { url: string; headers: IncomingMessage["headers"]; body: Buffer } | undefined;
  answer: { status: number; headers: Record<string, string>; body: Buffer };
  metadata: object;
  /** Of the server. */
  name: string;
  close(): void;
}

async function fakeServer(): Promise<Fake> {
  const server: Server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const json = (status: number, body: object) =>
        void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      const url = message.url!;
      if (url === "/under/v2") return json(200, { name: fake.name });
      if (url === "/under/v2/models/there/ready") return json(200, {});
      if (url === "/under/v2/models/there") return json(200, fake.metadata);
      if (url === "/under/v2/repository/index")
        return json(200, [
          { name: "there", state: "READY" },
          { name: "x", state: "UNAVAILABLE" },
        ]);
      if (url !== "/under/v2/models/there/infer") return json(404, { error: "not here" });
      fake.asked = { url, headers: message.headers, body: Buffer.concat(chunks) };
      response.writeHead(fake.answer.status, fake.answer.headers).end(fake.answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const fake: Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/under`,
    asked: undefined,
    answer: { status: 200, headers: {}, body: Buffer.from("{}") },
    metadata: described,
    name: "triton",
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return fake;
}

describe("Endpoints: a V2 server in an engine's place", () => {
  let fake: Fake;
  before(async () => (fake = await fakeServer()));
  after(() => fake.close());

  const server = (url: string, model = "there") => new V2Server({ url: new URL(url), model, digest, signature });

  it("is asked by the protocol's own header, and its answer gets the endpoint's, with the digest as the model's name", async () => {
    const engine = server(fake.url);
    await engine.open();
    const json = '{"outputs":[{"name":"hidden"}],"model_name":"th\\"ere","model_version":"7"}';
    const headers = {
      "inference-header-content-length": String(json.length),
      "content-type": "application/octet-stream",
    };
    fake.answer = { status: 200, headers, body: Buffer.concat([Buffer.from(json), Buffer.from([1, 2])]) };
    const answer = await engine.invoke({ contentType: `${binary}2`, accept: undefined, body: Buffer.from("{}abcd") });
    expect(fake.asked!.headers).to.include({ "inference-header-content-length": "2" });
    expect(fake.asked!.body.toString()).to.equal("{}abcd");
    const renamed = `{"outputs":[{"name":"hidden"}],"model_name":"${digest}","model_version":"7"}`;
    expect(answer.contentType).to.equal(`${binary}${renamed.length}`);
    expect(answer.body).to.deep.equal(Buffer.concat([Buffer.from(renamed), Buffer.from([1, 2])]));
    await engine.close();
  });

  it("may answer in JSON, with texts that look like a name, or without one", async () => {
    const engine = server(fake.url);
    const text = '{"outputs":[{"name":"y","data":["\\"model_name\\":\\"z\\""]}],"model_name":"there"}';
    for (const [sent, renamed] of [
      [text, text.replace("there", digest)],
      ['{"outputs":[]}', `{"model_name":"${digest}","outputs":[]}`],
    ] as const) {
      fake.answer = { status: 200, headers: {}, body: Buffer.from(sent) };
      const { body, contentType } = await engine.invoke({
        contentType: undefined,
        accept: undefined,
        body: Buffer.from("{}"),
      });
      expect([contentType, body.toString()]).to.deep.equal(["application/json", renamed]);
      expect(fake.asked!.headers).to.not.have.property("inference-header-content-length");
    }
    await engine.close();
  });

  it("has its errors passed on as they are", async () => {
    const engine = server(fake.url);
    fake.answer = { status: 400, headers: {}, body: Buffer.from('{"error":"no"}') };
    const { status, body } = await engine.invoke({
      contentType: undefined,
      accept: undefined,
      body: Buffer.from("{}"),
    });
    expect([status, body.toString()]).to.deep.equal([400, '{"error":"no"}']);
    await engine.close();
  });

  const mistakes: [what: string, server: () => V2Server, metadata: object, says: RegExp][] = [
    [
      "serves another name",
      () => server(fake.url, "mymodel"),
      described,
      /does not serve mymodel; it serves there: --engine mymodel=http:\/\/127\.0\.0\.1:\d+\/under\/v2\/models\/there$/,
    ],
    [
      "has no such input",
      () => server(fake.url),
      { ...described, inputs: [{ name: "z", datatype: "FP32" }] },
      /there is another model: it has no input x, but z$/,
    ],
    [
      "has another datatype",
      () => server(fake.url),
      { ...described, outputs: [{ name: "hidden", datatype: "FP64" }] },
      /its output hidden is FP64, and this stack's is FP32$/,
    ],
    [
      "does not answer",
      () => server("http://127.0.0.1:9"),
      described,
      /^no V2 server answers at http:\/\/127\.0\.0\.1:9: start it, or correct the address$/,
    ],
  ];
  for (const [what, made, metadata, says] of mistakes)
    it(`stops the start, with a cure, if it ${what}`, async () => {
      fake.metadata = metadata;
      const error = await made()
        .open()
        .catch((problem: Error) => problem);
      expect((error as Error).message).to.match(says);
      fake.metadata = described;
    });

  it("gets tensors as JSON, and its answer is made binary, if it is an MLServer, which takes no others", async () => {
    fake.name = "mlserver";
    const engine = server(fake.url);
    await engine.open();
    fake.name = "triton";
    const { contentType, parts } = engineRequest(
      [
        { name: "x", datatype: "FP32", shape: [1, 2], data: Float32Array.of(0.1, 2) },
        { name: "half", datatype: "FP16", shape: [1], data: Uint16Array.of(0x3e00) },
        { name: "text", datatype: "BYTES", shape: [2], data: ["\u00e4", '"'] },
        { name: "large", datatype: "INT64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
        { name: "true", datatype: "BOOL", shape: [], data: Uint8Array.of(1) },
      ],
      ["hidden"],
    );
    const sent =
      '{"model_name":"there","id":"7","outputs":[{"name":"hidden","datatype":"FP64","shape":[2],"data":[0.5,-1]}]}';
    fake.answer = { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(sent) };
    const answer = await engine.invoke({ contentType, accept: undefined, body: Buffer.concat(parts) });
    expect(fake.asked!.headers).to.include({ "content-type": "application/json" });
    expect(fake.asked!.headers).not.to.have.property("inference-header-content-length");
    expect(fake.asked!.body.toString()).to.equal(
      '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[0.1,2]},' +
        '{"name":"half","datatype":"FP16","shape":[1],"data":[1.5]},' +
        '{"name":"text","datatype":"BYTES","shape":[2],"data":["\u00e4","\\""]},' +
        '{"name":"large","datatype":"INT64","shape":[1],"data":[-9223372036854775808]},' +
        '{"name":"true","datatype":"BOOL","shape":[],"data":[true]}],"outputs":[{"name":"hidden"}]}',
    );
    const { model, outputs } = engineAnswer(answer.body, answer.contentType);
    expect([model, outputs.get("hidden")]).to.deep.equal([
      digest,
      { name: "hidden", datatype: "FP64", shape: [2], data: Float64Array.of(0.5, -1) },
    ]);
    fake.answer = {
      ...fake.answer,
      body: Buffer.from('{"outputs":[{"name":"hidden","datatype":"FP64","shape":[2],"data":[null,1]}]}'),
    };
    const fault = await engine
      .invoke({ contentType, accept: undefined, body: Buffer.concat(parts) })
      .catch((problem: Error) => problem);
    expect(fault).to.be.instanceOf(Error);
    await engine.close();
  });

  it("is taken under another name, and not compared where it describes no tensors", async () => {
    fake.metadata = { inputs: [], outputs: null };
    await server(`${fake.url}/v2/models/there`, "mymodel").open();
    fake.metadata = described;
  });
});

describe("npm start -- --engine", () => {
  it("takes a name and an address, and several", () => {
    const options = localOptions(["--engine", "a=http://127.0.0.1:8000", "--engine", "b=https://[::1]/v2/models/c"]);
    expect([...options!.engines].map(([name, { href }]) => [name, href])).to.deep.equal([
      ["a", "http://127.0.0.1:8000/"],
      ["b", "https://[::1]/v2/models/c"],
    ]);
  });

  for (const wrong of ["a", "a=", "=http://x", "a=ftp://x", "a=http://", "a=http://user:secret@x", "a=http://x?y"])
    it(`says how ${wrong} is written, without the address`, () => {
      expect(() => localOptions(["--engine", wrong])).to.throw(
        /: write it as --engine NAME=http:\/\/127\.0\.0\.1:8000$/,
      );
    });

  it("takes a name once", () => {
    expect(() => localOptions(["--engine", "a=http://x", "--engine", "a=http://y"])).to.throw(
      "--engine a: it is given twice",
    );
  });

  it("is for a model at an endpoint alone", async () => {
    const engines = new Map([["other", new URL("http://127.0.0.1:8000")]]);
    const endpoints = [{ model: "mymodel", instanceType: "ml.m5.large" }];
    const graph = await evaluate({ stack: "dev", set: { endpoints } });
    expect(() => serversOf(graph, engines)).to.throw(
      "--engine other: no endpoint computes a model of this name; those are mymodel",
    );
    const none = await evaluate({ stack: "dev", set: {} });
    expect(() => serversOf(none, engines)).to.throw("the setting endpoints names none");
    const known = serversOf(graph, new Map([["mymodel", new URL("http://127.0.0.1:8000")]]));
    expect([...known.keys()]).to.deep.equal(["model-serving-dev-mymodel"]);
  });
});
