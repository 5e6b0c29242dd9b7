import { Readable, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { brotliCompressSync, constants, createBrotliCompress, createGzip, deflateSync, gzipSync } from "node:zlib";

import { expect } from "chai";

import { payloadLimit } from "../../contract";
import { largestInflated } from "../../lambda/core/protocol/request";
import { restEvent, shipped, start } from "./function";

const features = { name: "features", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] };
const version = "449b66d0f182";

describe("Functions: the standard protocol", () => {
  const fn = start(["mymodel"], { directory: shipped });
  const models = start(["add", "int4", "gather", "reshape", "parse", "optional", "external", "scalar", "vector"]);

  it("tells that the server lives and is ready", async () => {
    expect((await fn.get("/v2/health/live")).json).to.deep.equal({ live: true });
    expect((await fn.get("/v2/health/ready")).json).to.deep.equal({ ready: true });
    expect((await fn.get("/v2/models/mymodel/ready")).json).to.deep.equal({ name: "mymodel", ready: true });
    expect((await fn.get(`/v2/models/mymodel/versions/${version}/ready`)).status).to.equal(200);
  });

  it("describes the server and its model, with the payload limit", async () => {
    for (const path of ["/v2", "/v2/"]) {
      const { json } = await fn.get(path);
      expect(json).to.deep.include({ name: "model-serving", extensions: ["binary_tensor_data", "model_repository"] });
    }
    expect((await fn.get(`/v2/models/mymodel/versions/${version}`)).json).to.deep.equal({
      name: "mymodel",
      versions: [version],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
      outputs: [
        { name: "label", datatype: "INT64", shape: [-1] },
        { name: "probabilities", datatype: "FP32", shape: [-1, 3] },
      ],
      parameters: { max_request_bytes: 4718592, max_response_bytes: 4718592 },
    });
  });

  it("answers 404 for a model, a version or a route that it does not have", async () => {
    for (const path of [
      "/v2/models/other",
      "/v2/models/other/ready",
      "/v2/models/__proto__",
      "/v2/models/%6dymodel",
      "/v2/models/mymodel/versions/1",
      "/v2/models/mymodel/versions/",
      "/v2/nothing",
      "/v2/models",
      "/v2/models/",
      "/v2/health",
      "/v2/health/live/now",
      "/v2/models/mymodel/config",
    ]) {
      const reply = await fn.get(path);
      expect(reply.status, path).to.equal(404);
      expect(reply.json, path).to.have.all.keys("error");
    }
    const reply = await fn.post("/v2/models/mymodel/versions/000000000000/infer", { inputs: [features] });
    expect(reply.status).to.equal(404);
  });

  it("answers 405 with the method to use", async () => {
    const wrong = await fn.post("/v2/health/live", {});
    expect([wrong.status, wrong.headers["Allow"]]).to.deep.equal([405, "GET"]);
    const get = await fn.get("/v2/models/mymodel/infer");
    expect([get.status, get.headers["Allow"]]).to.deep.equal([405, "POST"]);
    expect((await fn.get("/mymodel")).status).to.equal(405);
  });

  it("returns the id and the parameters as they were sent", async () => {
    const reply = await fn.post(
      "/v2/models/mymodel/infer",
      `{"id":"\\u00e9\\"1","parameters":{"binary_data_output":false,"big":12345678901234567890,"s":"\\u0041","b":true},"inputs":[${JSON.stringify(features)}],"outputs":[{"name":"label","parameters":{"k":1}}]}`,
    );
    expect(reply.text)
      .to.contain('"id":"é\\"1"')
      .and.to.contain('"parameters":{"big":12345678901234567890,"s":"\\u0041","b":true}');
    expect(reply.text).to.contain('"shape":[1],"parameters":{"k":1}');
    for (const id of ["1", "true", "{}"])
      expect((await fn.post("/v2/models/mymodel/infer", `{"id":${id},"inputs":[]}`)).status).to.equal(400);
  });

  it("returns just the outputs that were asked for, in that order", async () => {
    const ask = (...names: string[]) =>
      models.post("/v2/models/add/infer", {
        inputs: [
          { name: "b", shape: [1, 2], datatype: "FP32", data: [1, 2] },
          { name: "a", shape: [1, 2], datatype: "FP32", data: [10, 20] },
        ],
        outputs: names.map((name) => ({ name })),
      });
    const outputs = (await ask("difference", "sum")).json["outputs"] as { name: string; data: number[] }[];
    expect(outputs.map(({ name, data }) => [name, data])).to.deep.equal([
      ["difference", [9, 18]],
      ["sum", [11, 22]],
    ]);
    expect((await ask("sum")).json["outputs"]).to.have.length(1);
    expect((await ask()).json["outputs"]).to.have.length(2);
    for (const names of [["other"], ["sum", "sum"], ["sum", "sum", "sum"], ["__proto__"]]) {
      expect((await ask(...names)).status, names.join()).to.equal(400);
    }
  });

  it("takes null for an optional member, as clients send that write all members of their classes", async () => {
    const input = { ...features, parameters: null };
    const body = { id: null, parameters: null, inputs: [input], outputs: null };
    const plain = await fn.post("/v2/models/mymodel/infer", { inputs: [features] });
    expect((await fn.post("/v2/models/mymodel/infer", body)).text).to.equal(plain.text);
    expect((await fn.post("/mymodel", body)).text).to.equal(plain.text);
    const parameters = { binary_data: null, classification: null };
    const outputs = [
      { name: "label", parameters },
      { name: "probabilities", parameters: null },
    ];
    const nulls = { inputs: [{ ...features, parameters: { binary_data_size: null } }], outputs };
    expect((await fn.post("/v2/models/mymodel/infer", nulls)).status).to.equal(200);
    const size = { binary_data_size: 16 };
    const head = JSON.stringify({ inputs: [{ ...features, data: null, parameters: size }] });
    const binary = await fn.post(
      "/v2/models/mymodel/infer",
      Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.from(features.data).buffer)]),
      { "Inference-Header-Content-Length": String(head.length) },
    );
    expect(binary.text).to.equal(plain.text);
  });

  it("skips a byte order mark", async () => {
    const body = `\ufeff${JSON.stringify({ inputs: [features] })}`;
    expect((await fn.post("/v2/models/mymodel/infer", body)).status).to.equal(200);
  });

  const wrong: [what: string, inputs: unknown, error: RegExp][] = [
    ["an input that the model has not", [features, { ...features, name: "other" }], /inputs: the model has 1/],
    ["an unknown name", [{ ...features, name: "swordfish" }], /inputs\[0\]\.name.*features/],
    ["no inputs", [], /missing features/],
    ["another datatype", [{ ...features, datatype: "FP64" }], /inputs\[0\]\.datatype: must be FP32/],
    ["an unknown datatype", [{ ...features, datatype: "FP8" }], /inputs\[0\]\.datatype: must be one of/],
    ["a datatype by its prototype", [{ ...features, datatype: "constructor" }], /inputs\[0\]\.datatype/],
    ["another rank", [{ ...features, shape: [4] }], /inputs\[0\]\.shape: must be \[-1, 4\]/],
    ["another fixed dimension", [{ ...features, shape: [2, 2] }], /inputs\[0\]\.shape: must be \[-1, 4\]/],
    ["no name", [{ ...features, name: undefined }], /inputs\[0\]\.name: is missing/],
    ["no shape", [{ ...features, shape: undefined }], /inputs\[0\]\.shape: is missing/],
    ["no datatype", [{ ...features, datatype: undefined }], /inputs\[0\]\.datatype: is missing/],
    ["no data", [{ ...features, data: undefined }], /inputs\[0\]\.data: is missing/],
    [
      "shared memory",
      [{ ...features, parameters: { shared_memory_region: "r" } }],
      /shared_memory_region: is not supported/,
    ],
    ["an input that is not an object", [1], /inputs\[0\]: must be an object, not a number, at byte/],
    ["a name of another type", [{ ...features, name: 1 }], /inputs\[0\]\.name: must be a string, not a number, at/],
    ["a datatype of another type", [{ ...features, datatype: [] }], /\.datatype: must be a string, not a list, at/],
    ["a shape of another type", [{ ...features, shape: 4 }], /inputs\[0\]\.shape: must be a list, not a number, at/],
    ["a size of another type", [{ ...features, shape: ["1", 4] }], /\.shape: must be an integer, not a string, at/],
    ["a size that is none", [{ ...features, shape: [1.5, 4] }], /\.shape: must be an integer, not a fraction, at/],
    ["data of another type", [{ ...features, data: "swordfish" }], /\.data: must be a list, not a string, at/],
    ["an element of another type", [{ ...features, data: [1, 2, 3, {}] }], /\.data: must be a number, not an object/],
    ["a missing element", [{ ...features, data: [1, 2, 3, null] }], /\.data: must be a number, not null, at/],
    ["a row of another type", [{ ...features, data: [[1, 2, 3, 4], 5] }], /\.data: must be a list, not a number, at/],
    ["parameters of another type", [{ ...features, parameters: 1 }], /\.parameters: must be an object, not a number/],
    ["deep nesting", [{ ...features, x: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) }], /levels of nesting/],
    ["inputs that are not a list", {}, /inputs: must be a list, not an object, at byte/],
  ];
  for (const [what, inputs, error] of wrong) {
    it(`refuses ${what}`, async () => {
      const reply = await fn.post("/v2/models/mymodel/infer", { inputs });
      expect(reply.status).to.equal(400);
      expect(reply.json["error"])
        .to.match(error)
        .and.not.match(/swordfish/);
    });
  }

  it("refuses an input that is given twice, and one that is missing", async () => {
    const a = { name: "a", shape: [1, 2], datatype: "FP32", data: [1, 2] };
    expect((await models.post("/v2/models/add/infer", { inputs: [a, a] })).json["error"]).to.match(
      /inputs\[1\]\.name.*twice/,
    );
    expect((await models.post("/v2/models/add/infer", { inputs: [a] })).json["error"]).to.match(/missing b/);
  });

  it("refuses a classification request rather than answer something else", async () => {
    const reply = await fn.post("/v2/models/mymodel/infer", {
      inputs: [features],
      outputs: [{ name: "label", parameters: { classification: 2 } }],
    });
    expect(reply.json["error"]).to.match(/classification: is not supported/);
  });

  it("stops at once in a body of a million tiny inputs", async () => {
    const reply = await fn.post("/v2/models/mymodel/infer", `{"inputs":[${"{},".repeat(1_000_000)}{}]}`);
    expect(reply.status).to.equal(400);
    expect(reply.log["ms"]).to.be.a("number");
  });

  it("refuses a body that is not UTF-8, not JSON, empty, or not an object", async () => {
    const bad = [
      Buffer.from([0x7b, 0xff, 0x7d]),
      Buffer.from(`{"id":"\xe9","inputs":[${JSON.stringify(features)}]}`, "latin1"),
      "",
      "[]",
      "null",
      "{}",
      "\ufeff{}",
      '{"inputs":1}',
      '{"inputs":[],"inputs":[]}',
    ];
    for (const body of bad)
      expect((await fn.post("/v2/models/mymodel/infer", body)).status, String(body)).to.equal(400);
    const noBody = await fn.send({ ...restEvent("POST", "/mymodel", undefined), body: null });
    expect(noBody.answer.statusCode).to.equal(400);
  });

  describe("outputs that the runtime cannot return", () => {
    const x = { inputs: [{ name: "x", shape: [2], datatype: "FP32", data: [1, 2] }] };

    it("skips 4-bit outputs, which would abort the process, and refuses them when asked", async () => {
      expect((await models.post("/v2/models/int4/infer", x)).json["outputs"]).to.deep.equal([
        { name: "y", datatype: "FP32", shape: [2], data: [-1, -2] },
      ]);
      expect((await models.post("/v2/models/int4/infer", { ...x, outputs: [{ name: "four" }] })).status).to.equal(400);
      expect((await models.get("/v2/models/int4")).json["outputs"]).to.deep.equal([
        { name: "y", datatype: "FP32", shape: [-1] },
      ]);
    });
  });

  describe("inputs that pass every check and still cannot run", () => {
    const cases: [model: string, inputs: unknown[]][] = [
      ["gather", [{ name: "at", shape: [1], datatype: "INT64", data: [99] }]],
      [
        "reshape",
        [
          { name: "x", shape: [2], datatype: "FP32", data: [1, 2] },
          { name: "shape", shape: [1], datatype: "INT64", data: [5] },
        ],
      ],
      [
        "reshape",
        [
          { name: "x", shape: [2], datatype: "FP32", data: [1, 2] },
          { name: "shape", shape: [1], datatype: "INT64", data: [-9] },
        ],
      ],
      [
        "reshape",
        [
          { name: "x", shape: [2], datatype: "FP32", data: [1, 2] },
          { name: "shape", shape: [2], datatype: "INT64", data: ["9223372036854775807", 2].map(Number) },
        ],
      ],
      ["parse", [{ name: "x", shape: [1], datatype: "BYTES", data: ["swordfish"] }]],
    ];
    for (const [model, inputs] of cases) {
      it(`are the client's mistake, told without the runtime's words (${model})`, async () => {
        const reply = await models.post(`/v2/models/${model}/infer`, { inputs });
        expect(reply.status).to.equal(400);
        expect(reply.json["error"])
          .to.match(/cannot run on these inputs|integer/)
          .and.not.match(/onnx|status|swordfish|node/i);
        expect(JSON.stringify(reply.log)).to.not.match(/swordfish|idx=|99\b.*range/);
      });
    }

    it("leave the model as able as before", async () => {
      const reply = await models.post("/v2/models/gather/infer", {
        inputs: [{ name: "at", shape: [1], datatype: "INT64", data: [2] }],
      });
      expect(reply.json["outputs"]).to.deep.include({ name: "row", datatype: "FP32", shape: [1, 2], data: [4, 5] });
    });
  });

  it("serves models with an optional input, external weights, a scalar", async () => {
    const x = (shape: number[], data: unknown) => ({ inputs: [{ name: "x", shape, datatype: "FP32", data }] });
    const data = async (model: string, body: unknown) =>
      (
        (await models.post(`/v2/models/${model}/infer`, body)).json["outputs"] as { data: unknown; shape: unknown }[]
      )[0];
    expect(await data("optional", x([2], [1, 2]))).to.deep.include({ data: [3, 6] });
    expect(await data("external", x([1, 4], [1, 1, 1, 1]))).to.deep.include({ data: [1, 2, 3, 4] });
    expect(await data("scalar", x([], 5))).to.deep.include({ data: [-5], shape: [] });
    expect(await data("scalar", x([], [5]))).to.deep.include({ data: [-5], shape: [] });
    expect((await models.post("/v2/models/scalar/infer", x([], [[5]]))).status).to.equal(400);
    expect((await models.post("/v2/models/scalar/infer", x([], []))).status).to.equal(400);
  });

  it("refuses an answer over the payload limit with its number and the cure, before Lambda drops it", async () => {
    const wide = start(["identity-fp32"]);
    const body = (extra: string) =>
      Buffer.concat([
        Buffer.from(
          `{"inputs":[{"name":"x","shape":[1,1000000],"datatype":"FP32","parameters":{"binary_data_size":4000000}}]${extra}}`,
        ),
        Buffer.from(Float32Array.from({ length: 1_000_000 }, Math.random).buffer),
      ]);
    const text = await wide.post("/v2/models/identity-fp32/infer", body(""), {
      "Inference-Header-Content-Length": String(body("").length - 4_000_000),
    });
    expect(text.status).to.equal(413);
    expect(text.json["error"]).to.contain(String(payloadLimit)).and.to.contain("binary");
    const extra = ',"parameters":{"binary_data_output":true}';
    const binary = await wide.post("/v2/models/identity-fp32/infer", body(extra), {
      "Inference-Header-Content-Length": String(body(extra).length - 4_000_000),
    });
    expect(binary.status).to.equal(200);
  });

  describe("compressed bodies", () => {
    const body = Buffer.from(JSON.stringify({ inputs: [features] }));
    const post = (bytes: Buffer, encoding: string) =>
      fn.post("/v2/models/mymodel/infer", bytes, { "Content-Encoding": encoding });

    it("are inflated: gzip, deflate, br", async () => {
      expect((await post(gzipSync(body), "gzip")).status).to.equal(200);
      expect((await post(gzipSync(body), " GZIP ")).status).to.equal(200);
      expect((await post(deflateSync(body), "deflate")).status).to.equal(200);
      expect((await post(brotliCompressSync(body), "br")).status).to.equal(200);
      expect((await post(body, "identity")).status).to.equal(200);
    });

    it("are refused with 415 and what is accepted, where the encoding is unknown or one of several", async () => {
      for (const encoding of ["zstd", "gzip, gzip", "gzip,identity", "compress", "__proto__"]) {
        const reply = await post(gzipSync(body), encoding);
        expect([reply.status, reply.headers["Accept-Encoding"]], encoding).to.deep.equal([415, "gzip, deflate, br"]);
      }
      const twice = restEvent("POST", "/mymodel", gzipSync(body));
      const { answer } = await fn.send({ ...twice, multiValueHeaders: { "content-encoding": ["gzip", "gzip"] } });
      expect(answer.statusCode).to.equal(415);
    });

    it("are refused where they are cut off or are something else", async () => {
      expect((await post(gzipSync(body).subarray(0, 20), "gzip")).status).to.equal(400);
      expect((await post(body, "gzip")).status).to.equal(400);
      expect((await post(Buffer.alloc(0), "br")).status).to.equal(400);
    });

    it("are taken up to 16 MiB unpacked, however well they pack", async () => {
      const ones = start(["identity-fp32"]);
      const inputs = [{ name: "x", shape: [1, 2_000_000], datatype: "FP32", data: new Array(2_000_000).fill(1) }];
      const mask = gzipSync(JSON.stringify({ inputs, outputs: [] }));
      expect(4_000_000 / mask.length).to.be.above(500);
      // What it unpacks to was read whole: it is the answer that would be too large.
      const reply = await ones.post("/v2/models/identity-fp32/infer", mask, { "Content-Encoding": "gzip" });
      expect([reply.status, reply.log["code"]]).to.deep.equal([200, undefined]);
      const padded = Buffer.concat([Buffer.alloc(largestInflated - body.length, 0x20), body]);
      expect((await post(gzipSync(padded), "gzip")).status).to.equal(200);
      const larger = await post(gzipSync(Buffer.concat([Buffer.of(0x20), padded])), "gzip");
      expect([larger.status, larger.json["error"]]).to.deep.equal([
        413,
        "request too large: a body may unpack to 16777216 bytes",
      ]);
    });

    it("are refused with 413 beyond it, with no more memory than it", async () => {
      // Made piece by piece: what making them takes must not hide what unpacking them does.
      const packed = async (encoder: Transform): Promise<Buffer> => {
        const piece = Buffer.alloc(1024 * 1024, 0x20);
        return buffer(Readable.from(Array.from({ length: 600 }, () => piece)).pipe(encoder));
      };
      const bombs = [
        [await packed(createGzip({ level: 6 })), "gzip"],
        [await packed(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })), "br"],
      ] as const;
      for (const [bomb, encoding] of bombs) {
        expect(bomb.length).to.be.below(4_500_000);
        const before = process.resourceUsage().maxRSS;
        for (let call = 0; call < 3; call++) expect((await post(bomb, encoding)).status).to.equal(413);
        // Kilobytes: the limit twice, and what a run's noise is.
        expect(process.resourceUsage().maxRSS - before, encoding).to.be.below(100 * 1024);
      }
    });
  });
});
