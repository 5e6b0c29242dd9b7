import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { InferenceSession } from "onnxruntime-node";
import { engineFaults, engineModel } from "../../onnx/engine-model";
import { readModel } from "../../onnx/model";
import { onnxFile } from "../fixtures/onnx-file";

const root = join(__dirname, "../..");
const corpus = ["models", "examples/models", "test/fixtures/models"].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => join(root, folder, name))
    .filter((path) => existsSync(join(path, "model.onnx"))),
);

async function load(folder: string, bytes: Uint8Array): Promise<InferenceSession> {
  const externalData = readdirSync(folder)
    .filter((name) => name !== "model.onnx" && !/\.(json|ts|md|csv|txt)$/.test(name))
    .map((path) => ({ path, data: readFileSync(join(folder, path)) }));
  return InferenceSession.create(bytes, {
    logSeverityLevel: 4,
    ...(externalData.length > 0 ? { externalData } : {}),
  });
}

/** What Triton's ONNX backend asks of a session before it takes first dimensions for a batch. */
const takesBatches = ({ inputMetadata, outputMetadata }: InferenceSession): boolean =>
  [...inputMetadata, ...outputMetadata].every((each) => each.isTensor && typeof each.shape[0] === "string");

describe("ONNX: a model for an endpoint's engine", () => {
  for (const folder of corpus) {
    const name = folder.slice(root.length + 1);
    const bytes = readFileSync(join(folder, "model.onnx"));
    const model = readModel(bytes);
    if (engineFaults(model).length > 0) continue;
    for (const mayBatch of [true, false])
      it(`${name}${mayBatch ? "" : ", its rows kept apart,"} has tensors alone as outputs, those that are served among them`, async () => {
        const engine = engineModel(bytes, model, mayBatch);
        const session = await load(folder, engine.changed ?? bytes);
        try {
          expect(session.outputMetadata.map(({ isTensor }) => isTensor)).to.not.include(false);
          const served = engine.signature.outputs.flatMap(({ name, tensor, datatype }) =>
            datatype === undefined ? [] : [tensor ?? name],
          );
          const extra = session.outputNames.filter((output) => !served.includes(output));
          expect(session.outputNames).to.include.members(served);
          expect(extra.filter((output) => output !== "unbatched")).to.deep.equal([]);
          expect(takesBatches(session), "the backend takes batches").to.equal(engine.batched);
          if (!mayBatch) expect(engine.batched).to.equal(false);
        } finally {
          await session.release();
        }
      });
  }

  it("is the file itself where nothing needs to be changed", () => {
    const bytes = readFileSync(join(root, "models/mymodel/model.onnx"));
    const engine = engineModel(bytes, readModel(bytes), true);
    expect(engine.changed).to.equal(undefined);
    expect(engine.batched).to.equal(true);
  });

  it("has a row for each case only where the first dimensions say so", () => {
    const batched = (name: string) => {
      const bytes = readFileSync(join(root, "test/fixtures/models", name, "model.onnx"));
      return engineModel(bytes, readModel(bytes), true).batched;
    };
    expect(batched("identity-fp32")).to.equal(true);
    expect(batched("zipmap")).to.equal(true);
    expect(batched("reshape")).to.equal(false);
  });

  it("has a version that the engine reads, and dimensions", () => {
    const what = (made: Buffer) => engineFaults(readModel(made)).map((fault) => fault.what);
    expect(what(onnxFile())).to.deep.equal([]);
    expect(what(onnxFile({ opsets: [["", 22]] }))).to.deep.equal([
      "has opset 22 of ai.onnx; an endpoint's engine has up to 21",
    ]);
    expect(what(onnxFile({ ir: 11 }))).to.deep.equal(["has IR version 11; an endpoint's engine reads up to 10"]);
    const scalar = readFileSync(join(root, "test/fixtures/models/scalar/model.onnx"));
    expect(what(scalar).join("\n")).to.match(/has an input without dimensions.*\n.*an output without dimensions/);
    expect(engineFaults(undefined).map((fault) => fault.what)).to.match(/own format/);
  });
});
