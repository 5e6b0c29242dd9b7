import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registeredSignature } from "../../lambda/edge/registered-signature";
import { fixtures, start } from "./function";

const pair = { inputs: [{ name: "x", shape: [2, 2], datatype: "FP32", data: [1, 3, -2, 2] }] };
const list = { inputs: [{ name: "x", shape: [2], datatype: "FP32", data: [1, -2] }] };
const file = (name: string): Buffer => readFileSync(join(fixtures, name, "model.onnx"));

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly parameters?: unknown;
}

describe("Functions: outputs that are no plain tensors", () => {
  const models = start(["classifier", "zipmap", "sequence", "split", "bfloat16"]);
  const unservable = start(["int4-only", "bfloat16-only", "bfloat16-input"], {
    directory: join(fixtures, "../unservable"),
  });
  const infer = async (name: string, body: unknown): Promise<Output[]> =>
    (await models.post(`/v2/models/${name}/infer`, body)).json["outputs"] as Output[];

  it("serves the tensor behind a ZipMap under the output's name, its class labels in the metadata", async () => {
    const metadata = (await models.get("/v2/models/classifier")).json;
    expect(metadata["outputs"]).to.deep.equal([
      { name: "label", datatype: "INT64", shape: [-1] },
      { name: "output_probability", datatype: "FP32", shape: [-1, 2], parameters: { labels: ["cat", "dog"] } },
    ]);
    expect(metadata["parameters"]).to.not.have.property("unavailable_outputs");
    const [label, probability] = await infer("classifier", pair);
    expect(label!.data).to.deep.equal([1, 1]);
    expect(probability).to.deep.include({ name: "output_probability", shape: [2, 2] });
    const odds = (one: number, other: number) => Math.exp(one) / (Math.exp(one) + Math.exp(other));
    const expected = [odds(1, 3), odds(3, 1), odds(-2, 2), odds(2, -2)];
    probability!.data.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-6));
  });

  it("serves them where they are asked for by name, in another order, and in rows", async () => {
    const outputs = [{ name: "output_probability" }, { name: "label" }];
    const asked = await infer("classifier", { ...pair, outputs });
    expect(asked.map(({ name }) => name)).to.deep.equal(["output_probability", "label"]);
    const rows = await models.post("/mymodel", { instances: [[1, 3]] });
    expect((rows.json["predictions"] as object[])[0]).to.have.keys("label", "output_probability");
  });

  it("serves a tensor twice if it is an output itself and behind one", async () => {
    const [maps, scores] = await infer("zipmap", pair);
    expect([maps!.name, scores!.name]).to.deep.equal(["maps", "scores"]);
    expect(maps!.data).to.deep.equal(scores!.data);
    expect(((await models.get("/v2/models/zipmap")).json["outputs"] as Output[])[0]!.parameters).to.deep.equal({
      labels: [0, 1],
    });
  });

  it("serves the members of a sequence of tensors, numbered", async () => {
    const members = await infer("sequence", pair);
    expect(members.map(({ name, data }) => [name, data])).to.deep.equal([
      ["scores_0", [-1, -3, 2, -2]],
      ["scores_1", [1, 3, 2, 2]],
    ]);
    expect(
      (await models.post("/v2/models/sequence/infer", { ...pair, outputs: [{ name: "scores" }] })).status,
    ).to.equal(400);
  });

  it("leaves out what no tensor holds and what has a type of its own, and says so in the metadata", async () => {
    for (const [name, unavailable] of [
      ["split", "parts: seq(tensor(float))"],
      ["bfloat16", "odd: tensor(bfloat16)"],
    ] as const) {
      expect((await infer(name, list)).map((output) => [output.name, output.data])).to.deep.equal([["y", [-1, 2]]]);
      const { outputs, parameters } = (await models.get(`/v2/models/${name}`)).json;
      expect((outputs as Output[]).map((output) => output.name)).to.deep.equal(["y"]);
      expect(parameters).to.deep.include({ unavailable_outputs: unavailable });
      const [missing] = unavailable.split(":");
      const asked = await models.post(`/v2/models/${name}/infer`, { ...list, outputs: [{ name: missing }] });
      expect(asked.json["error"]).to.match(/cannot be returned as a tensor/);
    }
  });

  it("refuses a model with an input that cannot be given, or with no output that can be returned, with the reason in the log", async () => {
    const cause = async (name: string) => String((await unservable.get(`/v2/models/${name}/ready`)).log["cause"]);
    expect(await cause("bfloat16-input")).to.match(/its input odd is tensor\(bfloat16\), not a tensor of a datatype/);
    expect(await cause("bfloat16-only")).to.match(/none of its outputs can be returned: odd is tensor\(bfloat16\)/);
    expect((await unservable.post("/v2/models/int4-only/infer", list)).status).to.equal(400);
  });

  it("lists a model that could not be loaded as unavailable, without the operator's reason", async () => {
    for (const name of ["int4-only", "bfloat16-only"]) await unservable.get(`/v2/models/${name}/ready`);
    const listed = (await unservable.post("/v2/repository/index", {})).json as unknown as { name: string }[];
    const of = (wanted: string) => listed.find(({ name }) => name === wanted);
    expect(of("bfloat16-only")).to.deep.include({
      state: "UNAVAILABLE",
      reason: "it could not be loaded; the operator's log says why",
    });
    expect(of("int4-only")).to.deep.include({ state: "READY", reason: "" });
  });
});

describe("The signature of a registered model", () => {
  it("is in onnxruntime's words, whatever is served of it", async () => {
    expect(await registeredSignature(file("classifier"))).to.deep.equal({
      inputs: [{ name: "x", type: "tensor(float)", shape: [-1, 2] }],
      outputs: [
        { name: "label", type: "tensor(int64)", shape: [-1] },
        { name: "output_probability", type: "seq(map(string,tensor(float)))", shape: [] },
      ],
    });
    expect((await registeredSignature(file("bfloat16"))).outputs[0]).to.deep.equal({
      ...{ name: "odd", type: "tensor(bfloat16)", shape: [-1] },
    });
  });

  it("leaves the file as it is, since the file is what is published", async () => {
    for (const name of ["classifier", "bfloat16"]) {
      const content = file(name);
      await registeredSignature(content);
      expect(content.equals(file(name))).to.equal(true);
    }
  });

  it("is refused for what the runtime cannot load", async () => {
    const refused = await registeredSignature(Buffer.from("no model")).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
  });
});
