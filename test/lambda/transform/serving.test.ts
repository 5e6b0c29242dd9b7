import { expect } from "chai";
import { type Started } from "../function";
import { startTransform, startWith } from "./a-model";

const row = [5.1, 3.5, 1.4, 0.2];
const features = `{ features: { shape: [1, 4], data: Float32Array.from(body, Number) } }`;

describe("Transforms: serving", () => {
  let running: (Started & { remove(): void }) | undefined;
  const serve = (...given: Parameters<typeof startTransform>): Started => (running = startTransform(...given));
  afterEach(() => {
    running?.remove();
    running = undefined;
  });

  it("answers what response makes of what the model makes of what request makes of the body", async () => {
    const fn = serve(
      `import labels from "./labels.json";
       import hint from "./hint.txt";
       export default {
         request: (body) => (${features}),
         response: ({ label, probabilities }) => ({
           species: labels[Number(label.data[0])], hint: hint.trim(), shape: probabilities.shape,
         }),
       }`,
      { "labels.json": '["setosa", "versicolor", "virginica"]', "hint.txt": "look closer\n" },
    );
    const reply = await fn.post("/mymodel", row);
    expect(reply.json).to.deep.equal({ species: "setosa", hint: "look closer", shape: [1, 3] });
    const { json: metadata } = await fn.get("/v2/models/mymodel");
    expect(reply.headers).to.include({
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "Model-Version": (metadata["versions"] as string[])[0],
      "Transform-Version": (metadata["parameters"] as Record<string, string>)["transform_version"],
    });
    expect(reply.log).to.include({ level: "info", status: 200, model: "mymodel" });
    expect(reply.log["transform"]).to.equal(reply.headers["Transform-Version"]);
    expect(reply.log["transformMs"]).to.be.a("number").above(0).and.below(Number(reply.log["ms"]));
  });

  it("serves each model of the folder on its own route of TensorFlow Serving", async () => {
    const say = (what: string) => ({
      "transform.ts": `export default {
        response: (_, { parameters }) => ["${what}", parameters.who ?? null],
      }`,
    });
    running = startWith({ mymodel: { files: say("first") }, other: { from: "vector", files: say("second") } });
    const body = { instances: [row], parameters: { who: "you" } };
    expect((await running.post("/v1/models/mymodel:predict", body)).text).to.equal('["first","you"]');
    expect((await running.post("/mymodel", body)).text).to.equal('["first","you"]');
    const second = await running.post("/v1/models/other:predict", { instances: [1, 2, 3] });
    expect(second.text).to.equal('["second",null]');
    expect(second.log["transform"]).to.equal(second.headers["Transform-Version"]);
    expect((await running.get("/v1/models/other")).json).not.to.have.property("error");
  });

  it("leaves the standard routes raw", async () => {
    const fn = serve(`export default { request: () => { throw new Error() }, response: () => "never" }`);
    const inputs = [{ name: "features", shape: [1, 4], datatype: "FP32", data: row }];
    const reply = await fn.post("/v2/models/mymodel/infer", { inputs });
    expect(reply.status).to.equal(200);
    expect(reply.json).to.have.property("outputs");
    expect(reply.headers).not.to.have.property("Transform-Version");
    expect(reply.log).not.to.have.property("transform");
  });

  it("answers in V2's form without a response, and reads the plain route's forms without a request", async () => {
    const asked = await serve(`export default { request: (body) => (${features}) }`).post("/mymodel", row);
    expect((asked.json["outputs"] as { name: string; data: number[] }[])[0]).to.deep.include({
      name: "label",
      data: [0],
    });
    running!.remove();
    const fn = serve(
      `export default { response: ({ label }, { parameters }) => [...label.data].map(Number).concat(parameters.add ?? []) }`,
    );
    expect((await fn.post("/mymodel", { instances: [row, row], parameters: { add: 7 } })).text).to.equal("[0,0,7]");
    const inputs = [{ name: "features", shape: [1, 4], datatype: "FP32", data: row }];
    expect((await fn.post("/mymodel", { inputs, parameters: { add: [8] } })).text).to.equal("[0,8]");
    const raw = await fn.post("/mymodel", Buffer.from(Float32Array.from(row).buffer), {
      "Inference-Header-Content-Length": "0",
    });
    expect(raw.text).to.equal("[0]");
    expect((await fn.post("/mymodel", { instances: ["a"] })).status).to.equal(400);
  });

  it("gets a body as JSON or as bytes by its content type, and the context of the call", async () => {
    const fn = serve(
      `export default {
         request(body, context) {
           context.state.seen = [body instanceof Uint8Array ? "bytes " + body.length : body, context.contentType, context.accept, context.parameters];
           return { features: { shape: [1, 4], data: new Float32Array(4) } };
         },
         response: (_, { state }) => state.seen,
       }`,
    );
    const call = async (body: unknown, type?: string) =>
      (await fn.post("/mymodel", body, { Accept: "a/b", ...(type === undefined ? {} : { "content-type": type }) }))
        .json;
    const image = Buffer.from([0xff, 0xd8, 0, 1]);
    expect(await call({ parameters: { top: 3 } })).to.deep.equal([{ parameters: { top: 3 } }, "", "a/b", { top: 3 }]);
    expect(await call('"é"', "application/x-www-form-urlencoded")).to.deep.equal([
      "é",
      "application/x-www-form-urlencoded",
      "a/b",
      {},
    ]);
    expect(await call("\ufeff[1e3, -0.5, null, true, false]", "Application/JSON; charset=utf-8")).to.deep.equal([
      [1000, -0.5, null, true, false],
      "application/json",
      "a/b",
      {},
    ]);
    expect(await call("1", "application/vnd.x+json")).to.deep.equal([1, "application/vnd.x+json", "a/b", {}]);
    expect(await call(image, "image/JPEG")).to.deep.equal(["bytes 4", "image/jpeg", "a/b", {}]);
    expect(await call("text", "text/plain")).to.deep.equal(["bytes 4", "text/plain", "a/b", {}]);
  });

  it("answers bytes of another type", async () => {
    const fn = serve(
      `export default {
         request: () => ({ features: { shape: [1, 4], data: new Float32Array(4) } }),
         response: () => ({ contentType: "image/png", body: new Uint8Array([137, 80]) }),
       }`,
    );
    const { answer } = await fn.send({ httpMethod: "POST", path: "/mymodel", resource: "/mymodel", body: "1" });
    expect(answer).to.deep.include({
      statusCode: 200,
      isBase64Encoded: true,
      body: Buffer.from([137, 80]).toString("base64"),
    });
    expect(answer.headers).to.include({ "Content-Type": "image/png", "X-Content-Type-Options": "nosniff" });
  });

  it("writes typed arrays as lists, and refuses an answer that is too large", async () => {
    const fn = serve(
      `export default {
         request: (body) => ({ features: { shape: [1, 4], data: new Float32Array(4) } }),
         response: (_, { parameters }) => ({ p: new Float32Array([0.5]), long: "x".repeat(parameters.length ?? 0) }),
       }`,
    );
    expect((await fn.post("/mymodel", 0)).text).to.equal('{"p":[0.5],"long":""}');
    expect((await fn.post("/mymodel", { parameters: { length: 7e6 } })).status).to.equal(413);
  });

  it("calls another model of the folder, without its transform, and none that is not there", async () => {
    running = startWith({
      mymodel: {
        files: {
          "transform.ts": `export default {
            async request(body, context) {
              const { y } = await context.model(body.model).infer({ x: { shape: [4], data: Float32Array.from(body.row) } });
              return { features: { shape: [1, 4], data: y.data } };
            },
            response: ({ label }) => String(label.data[0]),
          }`,
        },
      },
      negated: { from: "vector", files: { "transform.ts": `export default { request: () => { throw new Error() } }` } },
    });
    const reply = await running.post("/mymodel", { model: "negated", row: row.map((value) => -value) });
    expect(reply.text).to.equal('"0"');
    const missing = await running.post("/mymodel", { model: "secret-name", row });
    expect(missing.status).to.equal(500);
    expect(missing.log["cause"]).to.equal("context.model was asked for a model that is not in the folder");
    const wrong = await running.post("/mymodel", { model: "mymodel", row });
    expect(wrong.log["cause"]).to.equal(
      "context.model().infer gave an input that the model does not have; it has features",
    );
  });

  it("applies the caller's list of models to the model of the route alone", async () => {
    running = startWith({
      mymodel: {
        files: {
          "transform.ts": `export default {
            async request(body, context) {
              await context.model("other").infer({ x: { shape: [4], data: new Float32Array(4) } });
              return { features: { shape: [1, 4], data: new Float32Array(4) } };
            },
            response: () => "done",
          }`,
        },
      },
      other: { from: "vector", files: {} },
    });
    const event = (models: string) => ({
      httpMethod: "POST",
      path: "/mymodel",
      resource: "/mymodel",
      body: "1",
      stageVariables: { client_partner: `key=key-id&models=${models}` },
      requestContext: { requestId: "r", identity: { apiKeyId: "key-id" } },
    });
    expect((await running.send(event("mymodel"))).answer).to.deep.include({ statusCode: 200, body: '"done"' });
    expect((await running.send(event("other"))).answer.statusCode).to.equal(403);
  });
});
