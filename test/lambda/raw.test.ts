import { expect } from "chai";

import { type Reply, shipped, start } from "./function";

const raw = { "Inference-Header-Content-Length": "0" };

function floats(...values: number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

/** What stands behind the JSON of an answer. */
function binary({ headers, bytes }: Reply): Buffer {
  return bytes.subarray(Number(headers["Inference-Header-Content-Length"]));
}

describe("Functions: a raw binary request", () => {
  const fn = start(["mymodel"], { directory: shipped });
  const models = start([
    "add",
    "scalar",
    "vector",
    "image",
    "reshape",
    "identity-fp32",
    "identity-bytes",
    "identity-bool",
  ]);

  it("is the only input's data, and is answered in binary, on both routes", async () => {
    for (const path of ["/v2/models/mymodel/infer", "/mymodel"]) {
      const reply = await fn.post(path, floats(5.1, 3.5, 1.4, 0.2), raw);
      expect(reply.status, reply.text).to.equal(200);
      expect(reply.json["outputs"]).to.deep.equal([
        { name: "label", datatype: "INT64", shape: [1], parameters: { binary_data_size: 8 } },
        { name: "probabilities", datatype: "FP32", shape: [1, 3], parameters: { binary_data_size: 12 } },
      ]);
      expect(binary(reply).readBigInt64LE(0)).to.equal(0n);
      expect(binary(reply).readFloatLE(8)).to.be.closeTo(0.98, 0.01);
    }
  });

  it("has as many rows as its bytes make", async () => {
    const reply = await fn.post("/mymodel", floats(...Array.from({ length: 12 }, (_, index) => index)), raw);
    expect((reply.json["outputs"] as { shape: number[] }[])[0]!.shape).to.deep.equal([3]);
  });

  const echoed: [model: string, body: Buffer, shape: number[], back: Buffer][] = [
    ["scalar", floats(2), [], floats(-2)],
    ["vector", floats(1, 2, 3), [3], floats(-1, -2, -3)],
    ["identity-fp32", floats(1, 2, 3), [1, 3], floats(1, 2, 3)],
    ["identity-bool", Buffer.from([1, 0]), [1, 2], Buffer.from([1, 0])],
    ["identity-bytes", Buffer.from("grüß"), [1, 1], Buffer.from("\u0006\0\0\0grüß")],
    ["identity-bytes", Buffer.alloc(0), [1, 1], Buffer.alloc(4)],
  ];
  for (const [model, body, shape, back] of echoed) {
    it(`is a tensor of [${shape.join(",")}] for ${model} and ${body.length} bytes`, async () => {
      const reply = await models.post(`/v2/models/${model}/infer`, body, raw);
      expect(reply.status, reply.text).to.equal(200);
      expect((reply.json["outputs"] as { shape: number[] }[])[0]!.shape).to.deep.equal(shape);
      expect(binary(reply)).to.deep.equal(back);
    });
  }

  const refused: [what: string, model: string, body: Buffer, error: RegExp][] = [
    [
      "for a model with two inputs",
      "add",
      floats(1, 2),
      /Inference-Header-Content-Length is 0\): the model must have one input, .* a, b/,
    ],
    ["that ends within an element", "vector", Buffer.alloc(7), /: must be 4 for/],
    ["that ends within a row", "image", Buffer.alloc(100), /: is less than the shape needs/],
    ["without a byte", "vector", Buffer.alloc(0), /: is less than the shape needs/],
    ["of more than a scalar", "scalar", floats(1, 2), /: must be 4 for/],
    ["with BOOL that is none", "identity-bool", Buffer.from([2]), /BOOL elements must be 0 or 1/],
    ["with text that is none", "identity-bytes", Buffer.from([0xff]), /must be UTF-8 without NUL/],
    ["with a NUL in a text", "identity-bytes", Buffer.from("a\0b"), /must be UTF-8 without NUL/],
    ["that is JSON after all", "identity-fp32", Buffer.from('{"inputs":[]}'), /: must be 12 for/],
  ];
  for (const [what, model, body, error] of refused) {
    it(`${what} is refused`, async () => {
      const reply = await models.post(`/v2/models/${model}/infer`, body, raw);
      expect([reply.status, reply.json["error"]]).to.satisfy(([status, text]: [number, string]) => {
        expect(text).to.match(error);
        return status === 400;
      });
    });
  }
});
