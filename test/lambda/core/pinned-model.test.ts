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
