import { Validator as Values } from "@cfworker/json-schema";
import { expect } from "chai";
import { apisOf } from "../../access-matrix/apis";
import { evaluate } from "../../graph/evaluate";
import { failures } from "../../lambda/core/failure";
import { refusals } from "../../openapi/errors";
import { openApiDocument } from "../../openapi/document";
import { type ModelDescription, modelsOf } from "../../openapi/models";
import { operationsOf } from "../../openapi/operations";
import { fixtures, shipped, start } from "../lambda/function";

type Json = Record<string, unknown>;

interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Json };
}

interface Operation {
  readonly security: readonly Json[];
  readonly requestBody?: { readonly content: { readonly "application/json": { schema: Json; example?: unknown } } };
  readonly responses: Readonly<Record<string, { readonly content: { readonly "application/json": { schema: Json } } }>>;
}

async function documents(stack: string, set: Json = {}): Promise<Record<string, Document>> {
  const graph = await evaluate({ stack, set });
  const models = modelsOf(graph);
  return Object.fromEntries(apisOf(graph).map((api) => [api.name, openApiDocument(api, models) as Document]));
}

/** Every model of the tests, in one stack. */
const everyModel = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
const fits = (schema: Json, value: unknown): boolean => new Values(schema as never, "2020-12").validate(value).valid;

describe("OpenAPI", () => {
  const programs: [what: string, stack: string, set: Json][] = [
    ["dev", "dev", {}],
    ["prod", "prod", {}],
    ["every kind of model", "dev", everyModel],
    ["models with transforms", "dev", { modelsFolder: "examples/models", defaultModel: "text" }],
    ["IAM and keys", "dev", { apiGatewayAuth: "iam", apiGatewayKeyRequired: true }],
    ["a user pool", "dev", { apiGatewayAuth: "cognito" }],
    ["tokens of an issuer", "dev", { apiGatewayAuth: "lambda" }],
    ["an open HTTP API", "dev", { apiGateway: false, httpApi: true, httpApiAuth: "openToAnyone" }],
  ];
  for (const [what, stack, set] of programs)
    it(`documents are valid, by another's judgement (${what})`, async () => {
      const { Validator } = await import("@seriousme/openapi-schema-validator");
      const found = Object.entries(await documents(stack, set));
      expect(found).not.to.deep.equal([]);
      for (const [name, document] of found) {
        const { valid, errors } = await new Validator().validate(document as never);
        expect(valid, `${name}: ${JSON.stringify(errors)?.slice(0, 500)}`).to.equal(true);
      }
      // What it must be able to find.
      const broken = { ...found[0]![1], paths: { "/x": { get: { responses: { "200": {} } } } } };
      expect((await new Validator().validate(broken as never)).valid).to.equal(false);
    });

  it("documents have a path for each route, and for each model where a request is sent to it", async () => {
    const { apiGateway } = await documents("dev");
    expect(
      Object.entries(apiGateway!.paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method} ${path}`),
      ),
    ).to.deep.equal([
      "post /mymodel",
      "get /v2",
      "get /v2/health/live",
      "get /v2/health/ready",
      "post /v2/repository/index",
      "get /v2/models/{model}",
      "get /v2/models/{model}/ready",
      "post /v2/models/mymodel/infer",
      "get /v2/models/{model}/versions/{version}",
      "get /v2/models/{model}/versions/{version}/ready",
      "post /v2/models/mymodel/versions/{version}/infer",
      "get /v1/models/{model}",
      "post /v1/models/mymodel:predict",
      "get /v1/models/{model}/versions/{version}",
      "post /v1/models/mymodel/versions/{version}:predict",
    ]);
    expect(() => operationsOf({ method: "GET", path: "/v3" }, { models: [], defaultModel: "" })).to.throw(/GET \/v3/);
    expect(() => operationsOf({ method: "POST", path: "/v2/{x}" }, { models: [], defaultModel: "" })).to.throw(/POST/);
  });

  it("documents say what each API requires, together, and where it answers", async () => {
    const security = async (set: Json) => {
      const [document] = Object.values(await documents("dev", set));
      expect(Object.keys(document!.components.securitySchemes).sort()).to.deep.equal(
        Object.keys(document!.paths["/v2"]!["get"]!.security[0] ?? {}).sort(),
      );
      return document!.paths["/v2"]!["get"]!.security;
    };
    expect(await security({})).to.deep.equal([{ apiKey: [] }]);
    expect(await security({ apiGatewayAuth: "iam", apiGatewayKeyRequired: true })).to.deep.equal([
      { signature: [], apiKey: [] },
    ]);
    expect(await security({ apiGatewayAuth: "cognito" })).to.deep.equal([{ token: [] }]);
    expect(await security({ apiGatewayAuth: "lambda" })).to.deep.equal([{ token: ["predict"] }]);
    expect(await security({ apiGateway: false, httpApi: true, httpApiAuth: "openToAnyone" })).to.deep.equal([]);
    const { httpApi, apiGateway } = await documents("prod");
    expect(httpApi!.paths["/v2"]!["get"]!.security).to.deep.equal([{ token: ["predict"], clientCertificate: [] }]);
    expect(httpApi!.servers.map(({ url }) => url)).to.deep.equal(["https://models.example.com"]);
    expect(apiGateway!.servers[0]!.url).to.equal("https://{apiId}.execute-api.us-east-1.amazonaws.com/prod");
  });

  it("documents know each refusal of the function, and each of a prediction", async () => {
    const statuses = Object.values(failures)
      .map(({ status }) => status as number)
      // 405 is not reached by a path and method that the document has.
      .filter((status) => status < 500 && status !== 405);
    expect(Object.keys(refusals).map(Number)).to.include.members(statuses);
    const responses = async (set: Json) =>
      Object.keys((await documents("dev", set))["apiGateway"]!.paths["/mymodel"]!["post"]!.responses);
    expect(await responses({})).to.deep.equal(["200", "400", "403", "404", "413", "415", "429", "5XX"]);
    expect(await responses({ apiGatewayAuth: "lambda" })).to.include("401");
  });

  it("documents are the same where an endpoint computes a model", async () => {
    const set = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
    // One whose file is changed for the engine, and one whose file is not.
    const endpoints = ["zipmap", "identity-fp32"].map((model) => ({ model, instanceType: "ml.m5.large" }));
    const own = await documents("dev", set);
    expect(JSON.stringify(own)).to.include("/v2/models/zipmap");
    expect(await documents("dev", { ...set, endpoints })).to.deep.equal(own);
  });

  it("documents leave the bodies of a model with a transform to it, with its own example, but for V2", async () => {
    const { paths } = (await documents("dev", { modelsFolder: "examples/models", defaultModel: "text" }))[
      "apiGateway"
    ]!;
    for (const path of ["/mymodel", "/v1/models/text:predict"]) {
      const { requestBody, responses } = paths[path]!["post"]!;
      const example = { text: "My parcel never arrived, where is it?" };
      expect(requestBody!.content, path).to.deep.equal({ "application/json": { schema: {}, example }, "*/*": {} });
      expect(responses["200"]!.content).to.deep.equal({ "application/json": { schema: {} }, "*/*": {} });
      expect(responses).to.include.keys("4XX");
    }
    expect(paths["/v1/models/image:predict"]!["post"]!.requestBody!.content["application/json"]).to.deep.equal({
      schema: {},
    });
    const { requestBody, responses } = paths["/v2/models/text/infer"]!["post"]!;
    expect(Object.keys(requestBody!.content)).to.deep.equal(["application/json"]);
    expect(requestBody!.content["application/json"].schema).not.to.deep.equal({});
    expect(responses).not.to.include.keys("4XX");
  });

  const answered = async (models: readonly ModelDescription[], directory: string, document: Document) => {
    const fn = start(
      models.map(({ name }) => name),
      { directory },
    );
    let examples = 0;
    for (const { name } of models) {
      for (const path of [`/v2/models/${name}/infer`, `/v1/models/${name}:predict`]) {
        const { requestBody, responses } = document.paths[path]!["post"]!;
        const { schema, example } = requestBody!.content["application/json"];
        if (example === undefined) continue;
        examples++;
        expect(fits(schema, example), `${path}: ${JSON.stringify(example)}`).to.equal(true);
        expect(fits(schema, { inputs: [true, {}] }), path).to.equal(false);
        const reply = await fn.post(path, example, { Accept: "application/json;nan=null" });
        // Some models refuse ones for what they mean, not for their form.
        expect(reply.status, `${path}: ${reply.text}`).to.satisfy(
          (status: number) => status === 200 || reply.log["code"] === "refused-by-model" || reply.status === 503,
        );
        // What it makes of a shape of its caller's is no matrix, as its file says.
        if (reply.status === 200 && name !== "reshape") {
          const answer = responses["200"]!.content["application/json"].schema;
          expect(fits(answer, JSON.parse(reply.text)), `${path}: ${reply.text}`).to.equal(true);
        }
      }
    }
    return examples;
  };

  it("schemas take the examples and describe the answers that the function gives, of every model", async () => {
    const graph = await evaluate({ stack: "dev", set: everyModel });
    const models = modelsOf(graph);
    const { apiGateway } = await documents("dev", everyModel);
    expect(await answered(models, fixtures, apiGateway!)).to.be.above(40);
    const own = modelsOf(await evaluate({ stack: "dev", set: {} }));
    expect(own.map(({ name, version }) => [name, version])).to.deep.equal([["mymodel", "449b66d0f182"]]);
    expect(await answered(own, shipped, (await documents("dev"))["apiGateway"]!)).to.equal(2);
  });

  it("schemas of the shipped model take rows, columns and nothing of another shape", async () => {
    const { apiGateway } = await documents("dev");
    const { schema } =
      apiGateway!.paths["/v1/models/mymodel:predict"]!["post"]!.requestBody!.content["application/json"];
    for (const body of [
      { instances: [[1, 2, 3, 4]] },
      { instances: [{ features: [1, null, 3, 4] }] },
      { inputs: { features: [[1, 2, 3, 4]] }, signature_name: "serving_default" },
    ])
      expect(fits(schema, body), JSON.stringify(body)).to.equal(true);
    for (const body of [
      {},
      { instances: [] },
      { instances: [[1, 2, 3]] },
      { instances: [{ other: [1, 2, 3, 4] }] },
      { inputs: [["1", 2, 3, 4]] },
      { instances: [[1, 2, 3, 4]], signature_name: "other" },
    ])
      expect(fits(schema, body), JSON.stringify(body)).to.equal(false);
  });
});
