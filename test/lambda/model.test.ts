import { expect } from "chai";

import { shipped, start } from "./function";

describe("Functions: the model function", () => {
  const fn = start(["mymodel"], { directory: shipped });

  it("predicts by the standard protocol", async () => {
    const reply = await fn.post("/v2/models/mymodel/infer", {
      id: "42",
      inputs: [{ name: "features", shape: [2, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2, 6.7, 3, 5.2, 2.3] }],
    });
    expect(reply.status).to.equal(200);
    expect(reply.json).to.deep.include({ model_name: "mymodel", model_version: "449b66d0f182", id: "42" });
    const [label, probabilities] = reply.json["outputs"] as { name: string; data: number[]; shape: number[] }[];
    expect(label).to.deep.equal({ name: "label", datatype: "INT64", shape: [2], data: [0, 2] });
    expect(probabilities!.shape).to.deep.equal([2, 3]);
    expect(probabilities!.data[0]! + probabilities!.data[1]! + probabilities!.data[2]!).to.be.closeTo(1, 1e-6);
  });
});
