import { expect } from "chai";
import { type Reply, restEvent, shipped, start } from "./function";

const row = [5.1, 3.5, 1.4, 0.2];
const version = "449b66d0f182";

describe("Functions: the routes of TensorFlow Serving", () => {
  const fn = start(["mymodel"], { directory: shipped });
  const models = start(["add", "vector", "gather"]);

  it("predict with every model, and with a version of it", async () => {
    const plain = await fn.post("/mymodel", { instances: [row] });
    for (const path of ["/v1/models/mymodel:predict", `/v1/models/mymodel/versions/${version}:predict`]) {
      const reply = await fn.post(path, { instances: [row] });
      expect([reply.status, reply.text], path).to.deep.equal([200, plain.text]);
    }
    // Not the default model.
    const vector = await models.post("/v1/models/vector:predict", { instances: [1, 2] });
    expect(vector.text).to.equal('{"predictions":[-1,-2]}');
    expect(vector.log).to.include({ route: "POST /v1/models/{model}", model: "vector", Model: "vector" });
  });

  it("tell a model's status", async () => {
    const status = {
      model_version_status: [{ version, state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }],
    };
    expect((await fn.get("/v1/models/mymodel")).json).to.deep.equal(status);
    expect((await fn.get(`/v1/models/mymodel/versions/${version}`)).json).to.deep.equal(status);
  });

  it("take inputs as columns, and no V2 request", async () => {
    const columns = await models.post("/v1/models/add:predict", { inputs: { a: [[1, 2]], b: [[3, 4]] } });
    expect(columns.json).to.deep.equal({ outputs: { sum: [[4, 6]], difference: [[-2, -2]] } });
    const standard = { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] };
    expect((await models.post("/v1/models/vector:predict", standard)).status).to.equal(400);
    const raw = await models.post("/v1/models/vector:predict", '{"inputs":[1]}', {
      "Inference-Header-Content-Length": "0",
    });
    expect(raw.text).to.equal('{"outputs":[-1]}');
  });

  const astray: [method: "get" | "post", path: string, status: number][] = [
    ["post", "/v1/models/other:predict", 404],
    ["post", "/v1/models/..:predict", 404],
    ["post", "/v1/models/__proto__:predict", 404],
    ["post", "/v1/models/:predict", 404],
    ["post", "/v1/models/mymodel:predict:predict", 404],
    ["post", "/v1/models/mymodel:classify", 404],
    ["post", "/v1/models/mymodel:Predict", 404],
    ["post", "/v1/models/mymodel:predict:", 404],
    ["post", "/v1/models/mymodel%3Apredict", 405],
    ["post", "/v1/models/%6dymodel:predict", 404],
    ["post", "/v1/models/mymodel", 405],
    ["get", "/v1/models/mymodel:predict", 405],
    ["get", "/v1/models/other", 404],
    ["get", "/v1/models/mymodel%3Apredict", 404],
    ["get", "/v1/models/mymodel/versions/1", 404],
    ["post", "/v1/models/mymodel/versions/1:predict", 404],
    ["post", "/v1/models/mymodel/versions/:predict", 404],
    ["post", "/v1/models/mymodel:predict/versions/1", 404],
    ["get", "/v1/models/mymodel/labels/stable", 404],
    ["get", "/v1/models/mymodel/metadata", 404],
    ["get", "/v1/models", 404],
    ["get", "/v1/models/", 404],
    ["get", "/v1", 404],
  ];
  for (const [method, path, status] of astray)
    it(`answer ${status} to ${method.toUpperCase()} ${path}`, async () => {
      const reply = await (method === "get" ? fn.get(path) : fn.post(path, { instances: [row] }));
      expect([reply.status, Object.keys(reply.json)]).to.deep.equal([status, ["error"]]);
    });

  it("name the method to use", async () => {
    expect((await fn.get("/v1/models/mymodel:predict")).headers["Allow"]).to.equal("POST");
    expect((await fn.post("/v1/models/mymodel", {})).headers["Allow"]).to.equal("GET");
  });

  it("let a client call its own models alone, whether or not the others exist", async () => {
    const call = async (method: string, path: string): Promise<Pick<Reply, "status" | "text">> => {
      const body = method === "POST" ? Buffer.from('{"instances":[1]}') : undefined;
      const event = { ...restEvent(method, path, body), stageVariables: { client_acme: "key=key-id&models=vector" } };
      const { answer } = await models.send(event);
      return { status: answer.statusCode, text: answer.body };
    };
    expect((await call("POST", "/v1/models/vector:predict")).text).to.equal('{"predictions":[-1]}');
    expect((await call("GET", "/v1/models/vector")).status).to.equal(200);
    const refusal = { status: 403, text: '{"error":"forbidden"}' };
    for (const path of ["add:predict", "nothing:predict", "..:predict", "add/versions/1:predict", "%61dd:predict"])
      expect(await call("POST", `/v1/models/${path}`), path).to.deep.equal(refusal);
    for (const path of ["add", "nothing", "add/versions/1"])
      expect(await call("GET", `/v1/models/${path}`), path).to.deep.equal(refusal);
    // The syntax is judged before the model: the same for every client.
    for (const path of ["vector:predict:predict", "add:classify"])
      expect((await call("POST", `/v1/models/${path}`)).status, path).to.equal(404);
  });
});
