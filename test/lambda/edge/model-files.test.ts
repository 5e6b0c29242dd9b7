import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parsePins, type PinnedModel } from "../../../lambda/core/publish/pinned-model";
import type { Tensor as TensorGiven } from "../../../lambda/core/tensor/datatype";
import { isInLayer, readModelFiles } from "../../../lambda/edge/model-files";
import { loadModel } from "../../../lambda/edge/onnx";
import { fixtures, pin } from "../function";

const fixed = (): boolean => true;

describe("external data in a folder that nothing can change", () => {
  let directory: string;
  let pinned: PinnedModel;
  const weights = () => path.join(directory, "external/weights.bin");
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "models-"));
    cpSync(path.join(fixtures, "external"), path.join(directory, "external"), { recursive: true });
    pinned = parsePins(JSON.stringify(pin(directory, ["external"]))).get("external")!;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is not read into memory, and computes the same", async () => {
    const [read, mapped] = [await readModelFiles(directory, pinned), await readModelFiles(directory, pinned, fixed)];
    expect(read.external.map((file) => file.path)).to.deep.equal(["weights.bin"]);
    expect(read).not.to.have.property("mapped");
    expect(mapped.external).to.deep.equal([]);
    expect(mapped.mapped).to.deep.equal({ folder: path.join(directory, "external"), paths: ["weights.bin"] });
    const answers = await Promise.all(
      [read, mapped].map(async (files) => {
        const model = await loadModel(pinned, files, 1);
        const { name, shape } = model.signature.inputs[0]!;
        const size = shape.map((dimension) => (dimension < 0 ? 1 : dimension));
        const count = size.reduce((product, each) => product * each, 1);
        const data = Float32Array.from({ length: count }, (_, index) => index + 0.5);
        const given: TensorGiven = { name, datatype: "FP32", shape: size, data };
        const { outputs } = await model.run(
          [given],
          model.signature.outputs.map((output) => output.name),
          {} as never,
        );
        return outputs;
      }),
    );
    expect(answers[1]).to.deep.equal(answers[0]);
  });

  it("is refused where it differs from what is pinned, in its last byte and in its length", async () => {
    const bytes = readFileSync(weights());
    for (const changed of [
      Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.of(0)]),
    ]) {
      writeFileSync(weights(), changed);
      const error = await readModelFiles(directory, pinned, fixed).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error?.message).to.equal("external/weights.bin is not the pinned file");
    }
  });

  it("is none but the pinned files", async () => {
    const files = await readModelFiles(directory, pinned, fixed);
    const other = { ...files, mapped: { ...files.mapped!, paths: ["other.bin"] } };
    const error = await loadModel(pinned, other, 1).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal("its external data weights.bin is none of its pinned files");
  });

  it("is taken for that in no folder that can be written to, nor outside of Lambda's layers", () => {
    expect(isInLayer(weights())).to.equal(false);
    expect(isInLayer("/opt/no-such-file")).to.equal(false);
    expect(isInLayer("/proc/version")).to.equal(false);
  });
});
