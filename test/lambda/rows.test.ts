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

  const models = start([
    "vector",
    "add",
    "identity-bytes",
    "identity-fp32",
    "identity-fp16",
    "identity-int64",
    "column",
  ]);
  const answered: [what: string, model: string, body: string, answer: string][] = [
    ["a list of values", "vector", '{"instances":[1,2.5,-0]}', '{"predictions":[-1,-2.5,0]}'],
    ["a column", "vector", '{"inputs":[1,2.5]}', '{"outputs":[-1,-2.5]}'],
    ["a column by its name", "vector", '{"inputs":{"x":[1]}}', '{"outputs":[-1]}'],
    ["columns", "add", '{"inputs":{"b":[[3,4]],"a":[[1,2]]}}', '{"outputs":{"sum":[[4,6]],"difference":[[-2,-2]]}}'],
    ["a missing float", "vector", '{"instances":[null,1]}', '{"predictions":[NaN,-1]}'],
    ["a missing float in a column", "identity-fp16", '{"inputs":[[null,0.5]]}', '{"outputs":[[NaN,0.5]]}'],
    ["NaN as Python writes it", "vector", '{"instances":[NaN,-Infinity]}', '{"predictions":[NaN,Infinity]}'],
    ["the default signature", "vector", '{"signature_name":"serving_default","inputs":[1]}', '{"outputs":[-1]}'],
    ["an empty signature", "vector", '{"signature_name":"","inputs":[1]}', '{"outputs":[-1]}'],
    ["no signature", "vector", '{"inputs":[1],"signature_name":null}', '{"outputs":[-1]}'],
    ["parameters of any type", "vector", '{"parameters":[1],"instances":[1]}', '{"predictions":[-1]}'],
    ["members that it does not know", "vector", '{"x":{"y":[null]},"instances":[1]}', '{"predictions":[-1]}'],
    ["null for what is absent", "vector", '{"inputs":null,"instances":[1],"parameters":null}', '{"predictions":[-1]}'],
    ["a byte order mark", "vector", '\ufeff{"instances":[1]}', '{"predictions":[-1]}'],
    ["base64", "identity-bytes", '{"instances":[["a",{"b64":"w6k="}]]}', '{"predictions":[["a","é"]]}'],
    ["base64 in a column", "identity-bytes", '{"inputs":[[{"b64":"YQ=="}]]}', '{"outputs":[["a"]]}'],
    ["base64 without padding", "identity-bytes", '{"inputs":[[{ "b64" : "YWI"}]]}', '{"outputs":[["ab"]]}'],
    ["base64 of nothing", "identity-bytes", '{"inputs":[[{"b64":""}]]}', '{"outputs":[[""]]}'],
    ["whole numbers", "identity-int64", '{"inputs":[[9007199254740993,-5]]}', '{"outputs":[[9007199254740993,-5]]}'],
  ];
  for (const [what, model, body, answer] of answered)
    it(`take ${what}`, async () => {
      const reply = await models.post(`/v1/models/${model}:predict`, body);
      expect([reply.status, reply.text]).to.deep.equal([200, answer]);
      // The plain route takes both protocols.
      const plain = await start([model]).post("/mymodel", body);
      expect([plain.status, plain.text]).to.deep.equal([200, answer]);
    });

  const refused: [model: string, body: string, error: string][] = [
    ["vector", "", "body: is empty"],
    ["vector", " ", "body: is empty"],
    ["vector", "[]", "body: must be an object, not a list, at byte 0"],
    ["vector", "null", "body: must be an object, not null, at byte 0"],
    ["vector", '"x"', "body: must be an object, not a string, at byte 0"],
    ["vector", "{}", "instances or inputs: is missing"],
    ["vector", '{"instances":null}', "instances or inputs: is missing"],
    ["vector", '{"instances":{}}', "instances: must be a list, not an object, at byte 13"],
    ["vector", '{"instances":1}', "instances: must be a list, not a number, at byte 13"],
    ["vector", '{"instances":NaN}', "instances: must be a list, not NaN or Infinity, at byte 13"],
    ["vector", '{"instances":[]}', "instances: must not be empty"],
    ["vector", '{"instances":["1"]}', "instances[0]: must be a number, not a string, at byte 14"],
    ["vector", '{"instances":[1,true]}', "instances[1]: must be a number, not a boolean, at byte 16"],
    ["vector", '{"instances":[1,[2]]}', "instances[1]: its rows do not all have the same shape at byte 19"],
    ["vector", '{"instances":[[1,2]]}', "the shape of x in instances: must be [-1], where -1 is any size, not [1, 2]"],
    ["vector", '{"inputs":5}', "the shape of inputs.x: must be [-1], where -1 is any size, not []"],
    ["vector", '{"instances":[{"y":1}]}', "instances[0]: has an input that the model has not; it has x"],
    ["vector", '{"instances":[{"x":"swordfish"}]}', "instances[0].x: must be a number, not a string, at byte 19"],
    ["vector", '{"instances":[{"b64":"YQ=="}]}', "instances[0]: has an input that the model has not; it has x"],
    ["vector", '{"instances":[1],"inputs":[1]}', "body: has both instances and inputs"],
    ["vector", '{"inputs":[1],"instances":[1]}', "body: has both instances and inputs"],
    ["vector", '{"instances":[1],"instances":[1]}', "body: a key occurs twice in one object at byte 28"],
    [
      "vector",
      '{"signature_name":"swordfish","inputs":[1]}',
      "signature_name: the model has no signature but serving_default; at byte 29",
    ],
    ["vector", '{"signature_name":1,"inputs":[1]}', "signature_name: must be a string, not a number, at byte 18"],
    [
      "add",
      '{"instances":[[1,2]]}',
      "instances[0]: must be an object with a value for each input (a, b), not a list, at byte 14",
    ],
    ["add", '{"instances":[{"a":[1]}]}', "instances[0]: lacks b"],
    ["add", '{"inputs":[1]}', "inputs: must be an object with a value for each input (a, b), not a list, at byte 10"],
    ["add", '{"inputs":{"a":[[1]]}}', "inputs: lacks b"],
    ["add", '{"inputs":{"a":[[1,2]],"b":[[1],[true]]}}', "inputs.b: must be a number, not a boolean, at byte 33"],
    ["identity-int64", '{"inputs":[[null]]}', "inputs: must be an integer, not null, at byte 12"],
    ["identity-int64", '{"inputs":[[1.5]]}', "inputs: must be an integer, not a fraction, at byte 12"],
    ["identity-bytes", '{"inputs":[[null]]}', "inputs: must be a string, not null, at byte 12"],
    ["identity-bytes", '{"inputs":[[{"b64":1}]]}', "inputs: must be a string, not a number, at byte 19"],
    ["identity-bytes", '{"inputs":[[{"b64":"a"}]]}', "inputs: b64 must be base64 at byte 12"],
    ["identity-bytes", '{"inputs":[[{"b64":"a b="}]]}', "inputs: b64 must be base64 at byte 12"],
    ["identity-bytes", '{"inputs":[[{"b64":"/w=="}]]}', "inputs: BYTES elements must be UTF-8 without NUL at byte 12"],
    ["identity-bytes", '{"inputs":[[{"b64":"AA=="}]]}', "inputs: BYTES elements must be UTF-8 without NUL at byte 12"],
    ["identity-bytes", '{"inputs":[[{}]]}', 'inputs: an object for a BYTES element must have "b64" at byte 12'],
    [
      "identity-bytes",
      '{"inputs":[[{"b64":"YQ==","x":1}]]}',
      'inputs: an object for a BYTES element may have "b64" alone at byte 12',
    ],
  ];
  for (const [model, body, error] of refused)
    it(`say of ${body} to ${model} what is wrong`, async () => {
      const reply = await models.post(`/v1/models/${model}:predict`, body);
      expect([reply.status, reply.json["error"]]).to.deep.equal([400, `invalid request: ${error}`]);
    });

  for (const body of [
    "{",
    "{]",
    '{"instances":[1',
    '{"instances":[1,]}',
    '{"instances":[nul]}',
    '{"instances":[01]}',
    "{}{}",
    "\ufeff",
  ])
    it(`say of ${body} that it is not JSON`, async () => {
      const reply = await models.post("/v1/models/vector:predict", body);
      expect([reply.status, reply.json["error"]]).to.satisfy(
        ([status, error]: [number, string]) => status === 400 && /not valid JSON|is empty/.test(error),
      );
    });

  it("say NaN as null to who asks for strict JSON, in rows, columns and tensors", async () => {
    const strict = { Accept: "application/json;nan=null" };
    const send = async (body: object, headers: Record<string, string>) =>
      (await models.post(`/v1/models/identity-fp32:predict`, body, headers)).text;
    // What JavaScript writes, comes back as JavaScript reads it.
    expect(JSON.parse(await send({ instances: [[NaN, 1]] }, strict))).to.deep.equal({ predictions: [[null, 1]] });
    expect(await send({ inputs: [[NaN]] }, { accept: "text/html, Application/JSON ; NaN=null;q=0.5" })).to.equal(
      '{"outputs":[[null]]}',
    );
    for (const Accept of ["application/json", "*/*", "application/json;nan=nullable", "application/json;xnan=null"])
      expect(await send({ inputs: [[NaN]] }, { Accept }), Accept).to.equal('{"outputs":[[NaN]]}');
    const tensor = '{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[NaN,-Infinity,0.5]}]}';
    const reply = await models.post("/v2/models/identity-fp32/infer", tensor, strict);
    expect((JSON.parse(reply.text) as { outputs: unknown[] }).outputs[0]).to.deep.include({ data: [null, null, 0.5] });
  });

  it("take a single value where the last dimension is one", async () => {
    const column = async (body: object) => (await models.post("/v1/models/column:predict", body)).json;
    expect(
      await column({
        instances: [
          { age: 1, city: "a" },
          { age: 2, city: "b" },
        ],
      }),
    ).to.deep.equal({
      predictions: [
        { years: [1], place: ["a"] },
        { years: [2], place: ["b"] },
      ],
    });
    expect(await column({ inputs: { age: [1, 2], city: [["a"], ["b"]] } })).to.deep.equal({
      outputs: { years: [[1], [2]], place: [["a"], ["b"]] },
    });
    expect((await column({ instances: [{ age: [1, 2], city: "a" }] }))["error"]).to.equal(
      "invalid request: the shape of age in instances: must be [-1, 1], where -1 is any size, not [1, 2]",
    );
  });

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
