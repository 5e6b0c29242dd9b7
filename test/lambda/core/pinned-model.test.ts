import { expect } from "chai";

import { parsePins } from "../../../lambda/core/publish/pinned-model";

const sha256 = "a".repeat(64);
const manifest = (name: string, file: string, pin = sha256): string =>
  JSON.stringify({
    models: {
      [name]: {
        digest: sha256,
        files: [
          { path: file, sha256: pin, bytes: 1 },
          { path: "model.onnx", sha256, bytes: 1 },
        ],
      },
    },
  });

describe("Functions: the manifest of the models", () => {
  it("is read into pins", () => {
    const pins = parsePins(manifest("my-model_1.0", "weights/.a (1)+é:0.bin"));
    expect([...pins.get("my-model_1.0")!.files.keys()]).to.deep.equal(["weights/.a (1)+é:0.bin", "model.onnx"]);
  });

  for (const file of [
    "../other/model.onnx",
    "/etc/passwd",
    "a/../../b",
    "a//b",
    "",
    ".",
    "..",
    "a\\..\\b",
    "a/./b",
    "a\0b",
  ]) {
    it(`is refused where a file lies at ${JSON.stringify(file)}`, () => {
      expect(() => parsePins(manifest("m", file))).to.throw(/path is not within/);
    });
  }

  for (const name of ["", "..", "a/b", "a b", "é", "%61", ".hidden"]) {
    it(`is refused where a model is called ${JSON.stringify(name)}`, () => {
      expect(() => parsePins(manifest(name, "w.bin"))).to.throw(/name/);
    });
  }

  it("is refused where a digest is none, model.onnx is missing, or the shape is another", () => {
    expect(() => parsePins(manifest("m", "w.bin", "A".repeat(64)))).to.throw(/SHA-256/);
    expect(() => parsePins(JSON.stringify({ models: { m: { digest: sha256, files: [] } } }))).to.throw(/model\.onnx/);
    expect(() => parsePins(JSON.stringify({ models: { m: { digest: "x", files: [] } } }))).to.throw(/digest/);
    for (const text of ["", "[]", "{}", '{"models":[]}', '{"models":{"m":1}}', '{"models":{"m":{}}}'])
      expect(() => parsePins(text), text).to.throw();
  });
});

describe("Functions: the manifest of a model that an endpoint computes", () => {
  const input = { name: "x", datatype: "FP32", shape: [-1, 4] };
  const output = {
    name: "scores",
    datatype: "FP32",
    shape: [-1, 2],
    tensor: "raw",
    labels: ["a", 1],
    type: "seq(map)",
  };
  const sequence = { name: "other", shape: [], type: "seq(tensor(float))" };
  const signature = { inputs: [input], outputs: [output, sequence] };
  const endpoint = { name: "dev-m", signature };
  const parse = (value: unknown) => {
    const files = [{ path: "model.onnx", sha256, bytes: 1 }];
    return parsePins(JSON.stringify({ models: { m: { digest: sha256, files, endpoint: value } } })).get("m")!;
  };

  it("is read into a signature, and the names of the engine's outputs", () => {
    const { tensor, ...spec } = output;
    expect(parse(endpoint).endpoint).to.deep.equal({
      name: "dev-m",
      signature: { inputs: [input], outputs: [spec, { ...sequence, datatype: undefined }] },
      tensors: new Map([
        ["scores", tensor],
        ["other", "other"],
      ]),
    });
    expect(parse(undefined)).to.not.have.property("endpoint");
  });

  const wrong: [field: string, value: unknown][] = [
    ["m: endpoint ", 1],
    ["m: endpoint ", null],
    ["m: endpoint.name ", { ...endpoint, name: "a_b" }],
    ["m: endpoint.name ", { ...endpoint, name: "a/../b" }],
    ["m: endpoint.name ", { ...endpoint, name: "-a" }],
    ["m: endpoint.name ", { ...endpoint, name: "a".repeat(64) }],
    ["m: endpoint.signature ", { name: "dev-m" }],
    ["m: endpoint.signature.inputs ", { ...endpoint, signature: { ...signature, inputs: {} } }],
    ["m: endpoint.signature.outputs ", { ...endpoint, signature: { inputs: [] } }],
    ...(
      [
        [" ", 1],
        [".name ", { ...input, name: 1 }],
        [".datatype ", { ...input, datatype: "float" }],
        [".datatype ", { name: "x", shape: [] }],
        [".shape ", { ...input, shape: [-2] }],
        [".shape ", { ...input, shape: [1.5] }],
        [".shape ", { ...input, shape: ["n"] }],
        [".shape ", { ...input, shape: Array(33).fill(1) }],
      ] as const
    ).map(([field, value]): [string, unknown] => [
      `m: endpoint.signature.inputs[0]${field}`,
      { ...endpoint, signature: { ...signature, inputs: [value] } },
    ]),
    ["m: endpoint.signature.inputs[1].name ", { ...endpoint, signature: { ...signature, inputs: [input, input] } }],
    ...(
      [
        [".datatype ", { ...output, datatype: "BF16" }],
        [".tensor ", { ...output, tensor: 1 }],
        [".labels ", { ...output, labels: [null] }],
        [".labels ", { ...output, labels: "a" }],
        [".type ", { name: "y", shape: [] }],
      ] as const
    ).map(([field, value]): [string, unknown] => [
      `m: endpoint.signature.outputs[0]${field}`,
      { ...endpoint, signature: { ...signature, outputs: [value] } },
    ]),
  ];
  for (const [field, value] of wrong)
    it(`is refused, naming ${field.trim()}, for ${JSON.stringify(value).slice(0, 150)}`, () => {
      expect(() => parse(value)).to.throw(field);
    });
});
