import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parseEndpoint } from "../../../lambda/core/publish/pinned-endpoint";
import { openModel, signatureOf } from "../../../lambda/edge/onnx";
import { readModel } from "../../../onnx/model";
import { servedSignature } from "../../../onnx/served-signature";
import { fixtures, shipped } from "../function";

const examples = path.join(shipped, "../examples/models");

/** Outputs whose shape the runtime infers, and the file leaves open: a caller sees the difference in the metadata alone. */
const open: Readonly<Record<string, readonly string[]>> = {
  sequence: ["scores_0: [] for [-1,2]", "scores_1: [] for [-1,2]"],
};

describe("Functions: the signature of a model at an endpoint, which its file alone states", () => {
  for (const folder of [shipped, fixtures, examples])
    for (const name of readdirSync(folder).filter((each) => existsSync(path.join(folder, each, "model.onnx"))))
      it(`is what the runtime finds of ${path.basename(path.dirname(folder))}/${name}`, async () => {
        const read = (file: string): Buffer => readFileSync(path.join(folder, name, file));
        const weights = readdirSync(path.join(folder, name)).filter((file) => file.endsWith(".bin"));
        const external = weights.map((file) => ({ path: file, data: read(file) }));
        const { session, outputs } = await openModel(read("model.onnx"), 1, external);
        const found = signatureOf(session, outputs);
        await session.release();
        const manifest = JSON.stringify({ name: "e", signature: servedSignature(readModel(read("model.onnx"))) });
        const { signature, tensors } = parseEndpoint(name, JSON.parse(manifest));
        expect(signature.inputs).to.deep.equal(found.inputs);
        expect(outputs.map((output) => tensors.get(output.name))).to.deep.equal(
          outputs.map((output) => output.tensor ?? output.name),
        );
        const differing = signature.outputs.flatMap(({ name: output, shape }, index) => {
          const inferred = found.outputs[index]!.shape;
          const [one, other] = [JSON.stringify(shape), JSON.stringify(inferred)];
          return one === other ? [] : [`${output}: ${one} for ${other}`];
        });
        expect(differing).to.deep.equal(open[name] ?? []);
        const shapeless = (all: typeof found.outputs) =>
          all.map(({ labels, ...output }) => ({ ...output, labels, shape: [] }));
        expect(shapeless(signature.outputs)).to.deep.equal(shapeless(found.outputs));
      });
});
