import { expect } from "chai";

import { shipped, start } from "./function";

describe("Functions: the row form on the plain routes", () => {
  const fn = start(["mymodel"], { directory: shipped });
  const row = [5.1, 3.5, 1.4, 0.2];

  it("answers a prediction for each instance, as an object where there are several outputs", async () => {
    const reply = await fn.post("/mymodel", { instances: [row, [6.7, 3, 5.2, 2.3]] });
    const predictions = reply.json["predictions"] as { label: number; probabilities: number[] }[];
    expect(predictions.map(({ label }) => label)).to.deep.equal([0, 2]);
    expect(predictions[1]!.probabilities).to.have.length(3);
    expect(Object.keys(reply.json)).to.deep.equal(["predictions"]);
  });

  it("takes instances that name the input, too", async () => {
    const named = await fn.post("/mymodel", { instances: [{ features: row }, { features: row }] });
    const bare = await fn.post("/mymodel", { instances: [row, row] });
    expect(named.text).to.equal(bare.text);
  });

  it("takes the standard form as well, on any plain route", async () => {
    for (const path of ["/mymodel", "/predict", "/models"]) {
      const inputs = [{ name: "features", shape: [1, 4], datatype: "FP32", data: row }];
      const reply = await fn.post(path, { inputs });
      expect(reply.json, path).to.have.property("outputs");
    }
  });

  it("joins the inputs of rows of a model with several", async () => {
    const add = start(["add"]);
    const reply = await add.post("/predict", {
      instances: [
        { a: [1, 2], b: [3, 4] },
        { b: [1, 1], a: [5, 5] },
      ],
    });
    expect(reply.json["predictions"]).to.deep.equal([
      { sum: [4, 6], difference: [-2, -2] },
      { sum: [6, 6], difference: [4, 4] },
    ]);
    for (const instances of [
      [[1, 2]],
      [{ a: [1, 2] }],
      [{ a: [1, 2], b: [1, 2] }, { a: [1, 2] }],
      [{ a: [1, 2], b: [1, 2], c: 1 }],
      [{ a: [1, 2], b: 1 }],
    ]) {
      expect((await add.post("/predict", { instances })).status, JSON.stringify(instances)).to.equal(400);
    }
  });

  it("takes and gives bare values, text and nested rows", async () => {
    const vector = await start(["vector"]).post("/mymodel", { instances: [1, 2.5, -0] });
    expect(vector.text).to.equal('{"predictions":[-1,-2.5,-0.0]}');
    const text = await start(["identity-bytes"]).post("/mymodel", {
      instances: [
        ["a]", "b"],
        ["[c", "é"],
      ],
    });
    expect(text.json["predictions"]).to.deep.equal([
      ["a]", "b"],
      ["[c", "é"],
    ]);
    const pixels = Array.from({ length: 3 }, () => Array.from({ length: 224 }, () => new Array<number>(224).fill(0.5)));
    const picture = await start(["image"]).post("/mymodel", { instances: [pixels, pixels] });
    expect(picture.json["predictions"]).to.deep.equal([0.5, 0.5]);
  });

  it("keeps rows of no elements", async () => {
    const reply = await start(["identity-fp32"]).post("/mymodel", { instances: [[], []] });
    expect(reply.text).to.equal('{"predictions":[[],[]]}');
  });

  const wrong = [
    "[]",
    "{}",
    "null",
    "1",
    "[[1,2,3,4],[1,2,3]]",
    "[[1,2,3,4],1]",
    "[1,[1,2,3,4]]",
    "[[[1,2,3,4]]]",
    "[[1,2,3,[4]]]",
    "[[[1],[2]],[[1],2]]",
    "[[[],[1]]]",
    "[[[1],[]]]",
    '[["a"]]',
    "[[1,2,3,4]",
    "[{}]",
    '[{"other":[1,2,3,4]}]',
    '[{"features":[1,2,3,4],"features":[1,2,3,4]}]',
    '[{"b64":"aGk="}]',
    "[".repeat(100_000),
    "[1,2,3,4]",
  ];
  for (const instances of wrong) {
    it(`refuses ${instances.slice(0, 50)}`, async () => {
      const reply = await fn.post("/mymodel", `{"instances":${instances}}`);
      expect(reply.status, reply.text).to.equal(400);
    });
  }

  it("says that there must be an instance", async () => {
    expect((await fn.post("/mymodel", { instances: [] })).json["error"]).to.match(/instances: must not be empty/);
  });

  it("is not taken on the standard routes, nor together with the standard form", async () => {
    expect((await fn.post("/v2/models/mymodel/infer", { instances: [row] })).json["error"]).to.match(
      /inputs: is missing/,
    );
    const both = { instances: [row], inputs: [{ name: "features", shape: [1, 4], datatype: "FP32", data: row }] };
    expect((await fn.post("/mymodel", both)).status).to.equal(400);
  });

  it("refuses a prediction that has no row for each instance", async () => {
    const shape = await start(["reshape"]).post("/mymodel", {
      instances: [
        { x: 1, shape: 1 },
        { x: 2, shape: 2 },
      ],
    });
    expect(shape.json["error"]).to.match(/send columns/);
  });
});
