// The scripts of docs/models.md, run as they stand there: from training to a prediction through the function.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkFolder } from "../../model/check-folder";
import { keptLoads } from "../../model/load-check";
import { start } from "../lambda/function";
import { exportsPython } from "./exports-python";
import { blocks } from "./page";
import { python } from "../training/python";

const scripts = (heading: string): string[] => blocks(heading, "python");

interface Predicted {
  readonly inputs: readonly object[];
  /** What Python predicts, in the order of the model's outputs. */
  readonly expected: readonly unknown[];
}

/** What Python says of the model that a script of the page has left behind. */
const iris = `
import json
sample = X[[0, 60, 120]].astype(np.float32)
print(json.dumps({
    "inputs": [{"name": "features", "shape": [3, 4], "datatype": "FP32", "data": sample.ravel().tolist()}],
    "expected": [model.predict(sample).tolist(), model.predict_proba(sample).ravel().tolist()],
}))
`;
const reviews = `
import json
sample = data[["text", "price"]].head(3)
print(json.dumps({
    "inputs": [
        {"name": "text", "shape": [3, 1], "datatype": "BYTES", "data": sample["text"].tolist()},
        {"name": "price", "shape": [3, 1], "datatype": "FP32", "data": sample["price"].tolist()},
    ],
    "expected": [model.predict(sample).tolist(), model.predict_proba(sample).ravel().tolist()],
}))
`;

describe("The lines of docs/models.md", () => {
  let folder: string;
  let interpreter: string;
  before(async function () {
    interpreter = await exportsPython(this);
    folder = mkdtempSync(join(tmpdir(), "exports-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  async function run(script: string): Promise<string> {
    mkdirSync(join(folder, "models"), { recursive: true });
    const program = `import os\nos.chdir(${JSON.stringify(folder)})\n${script}`;
    const { code, stdout, stderr } = await python(interpreter, ["-W", "ignore", "-c", program]);
    expect(code, stderr.slice(-1000)).to.equal(0);
    return stdout;
  }

  const predicted = async (script: string): Promise<Predicted> =>
    JSON.parse((await run(script)).trim().split("\n").at(-1)!) as Predicted;

  /** Checks the model, and compares what the function predicts with what Python did. */
  async function served(name: string, { inputs, expected }: Predicted, tolerance = 1e-5): Promise<void> {
    const { faults } = await checkFolder(join(folder, "models", name), 1769, keptLoads(folder));
    expect(faults).to.deep.equal([]);
    const fn = start([name], { directory: join(folder, "models") });
    const reply = await fn.post(`/v2/models/${name}/infer`, { inputs });
    expect(reply.status, reply.text).to.equal(200);
    const outputs = reply.json["outputs"] as { data: (number | string)[] }[];
    expect(outputs).to.have.length(expected.length);
    outputs.forEach(({ data }, output) => {
      const wanted = expected[output] as (number | string)[];
      expect(data).to.have.length(wanted.length);
      data.forEach((value, index) => {
        if (typeof value === "string") return expect(value).to.equal(wanted[index]);
        return expect(value).to.be.closeTo(wanted[index] as number, tolerance);
      });
    });
  }

  const chapters = [
    ["scikit-learn", "reviews", reviews, /id\(model\): \{"zipmap": False\}, /],
    ["LightGBM", "trees", iris, /, zipmap=False/],
    ["XGBoost", "boosted", iris, undefined],
  ] as const;
  for (const [heading, name, sample, without] of chapters) {
    it(`go from training to a prediction that is Python's: ${heading}`, async function () {
      const [script] = scripts(heading);
      await served(name, await predicted(script! + sample));
      if (without === undefined) return;
      // The default export, with a ZipMap, gives the same.
      expect(script).to.match(without);
      await served(name, await predicted(script!.replace(without, "") + sample));
    });
  }

  it("save a model anew: with another locale, as float16, as int8, and with external data", async function () {
    const [script] = scripts("scikit-learn");
    const american = script!.replace(', id(fitted): {"locale": "C.UTF-8"}', "");
    expect(american).not.to.equal(script);
    const python = await predicted(american + reviews);
    const { faults } = await checkFolder(join(folder, "models/reviews"), 1769, keptLoads(folder));
    expect(faults.map(({ what }) => what)).to.deep.equal([
      "has a StringNormalizer with the locale en_US.UTF-8, which Lambda does not have",
    ]);
    await run(scripts("Text")[0]!);
    await served("reviews", python);

    // A small network, since neither float16 nor int8 concerns trees.
    const network = `
import json
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
os.makedirs("models/x", exist_ok=True)
weights = np.random.default_rng(1).standard_normal((8, 8)).astype(np.float32)
graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 8])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 8])],
    [numpy_helper.from_array(weights, "w")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), "models/x/model.onnx")
sample = np.ones((1, 8), np.float32)
print(json.dumps({
    "inputs": [{"name": "x", "shape": [1, 8], "datatype": "FP32", "data": sample.ravel().tolist()}],
    "expected": [(sample @ weights).ravel().tolist()],
}))
`;
    const [half, eighth] = scripts("Size");
    const [apart] = scripts("External data");
    for (const [saved, tolerance] of [
      [half!, 0.02],
      [eighth!, 0.2],
      [apart!, 1e-5],
    ] as const) {
      const original = await predicted(network);
      const before = readFileSync(join(folder, "models/x/model.onnx"));
      await run(saved);
      expect(readFileSync(join(folder, "models/x/model.onnx")).equals(before)).to.equal(false);
      await served("x", original, tolerance);
    }
  });
});
