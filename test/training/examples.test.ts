import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { readModels } from "../../infra/function/models";
import { start } from "../lambda/function";
import { python, stepsPython } from "./python";

describe("The examples' training", function () {
  // A first time installs packages, which takes minutes; a guard against hanging, and no measure.
  this.timeout(30 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  const committed = join(projectRoot, "examples/models");
  let interpreter = "";
  before(async function () {
    interpreter = await stepsPython(this);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("makes the models that are committed, and what their transforms read", async () => {
    cpSync(committed, folder, { recursive: true });
    for (const file of [
      "text/model.onnx",
      "text/vocabulary.txt",
      "text/labels.json",
      "image/model.onnx",
      "image/example.png",
    ])
      rmSync(join(folder, file));
    const ended = await python(interpreter, [join(projectRoot, "examples/train.py"), "--output", folder]);
    expect(ended.code, ended.stderr).to.equal(0);
    // As examples/README.md says.
    expect(ended.stdout)
      .to.match(/^text: accuracy 0\.79|^text: accuracy 0\.78[5-9]/)
      .and.to.match(/^image: accuracy 0\.97/m);
    // The formatter lays out JSON.
    const read = (from: string, file: string): unknown => {
      const text = readFileSync(join(from, file), "utf8");
      return file.endsWith(".json") ? JSON.parse(text) : text;
    };
    for (const file of ["text/vocabulary.txt", "text/labels.json", "text/example.json"])
      expect(read(folder, file), file).to.deep.equal(read(committed, file));
    const { manifest, transforms } = readModels(folder);
    const fn = start(["text", "image"], { directory: folder, manifest, beside: transforms });
    const text = await fn.post("/mymodel", readFileSync(join(folder, "text/example.json")));
    expect(text.json["topic"]).to.equal("delivery");
    const headers = { "Content-Type": "image/png" };
    const image = await fn.post("/v1/models/image:predict", readFileSync(join(folder, "image/example.png")), headers);
    expect(image.json["digit"]).to.equal(7);
  });
});
