import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../../graph/evaluate";
import type { Graph } from "../../../graph/resource";
import { ofType } from "../../../graph/resource";
import { openHome } from "../../../local/base/home";
import { openAuthority } from "../../../local/certificates/authority";
import { roleOf } from "../../../local/aws/principals";
import { ServiceError } from "../../../local/aws/service";
import type { EmbeddedEngine } from "../../../local/endpoints/embedded-engine";
import { LocalEndpoints } from "../../../local/endpoints/local-endpoints";
import { binaryRequest, invoke, type Keys, parted, type RuntimeAnswer, type RuntimeCall } from "./caller";
import { digestOf, fixtures, type MadeEndpoint, modelFunction, withEndpoints } from "./made-endpoints";

const folder = join(projectRoot, ".local/work/endpoints");
const fp32: MadeEndpoint = { name: "dev-fp32", folder: join(fixtures, "identity-fp32") };
const int8: MadeEndpoint = { name: "dev-int8", folder: join(fixtures, "identity-int8") };
const gather: MadeEndpoint = { name: "dev-gather", folder: join(fixtures, "gather") };
const seed = Buffer.alloc(32, 7);

describe("Endpoints: SageMaker's runtime", () => {
  const home = openHome(projectRoot);
  const lines: string[] = [];
  let endpoints: LocalEndpoints;
  let ca: string;
  let graph: Graph;
  let keys: Keys;

  before(async function () {
    const authority = await openAuthority(home.authority, []);
    ca = readFileSync(authority.file, "utf8");
    const log = (endpoint: string, text: string) => void lines.push(`${endpoint} ${text}`);
    endpoints = new LocalEndpoints({ authority, seed, clock: Date.now, projectRoot, folder, log });
    graph = await withEndpoints([fp32, int8, gather], ["dev-fp32", "dev-gather", "dev-gone"]);
    (await endpoints.replace(graph)).settle();
    const variables = endpoints.variablesOf(String(modelFunction(graph).outputs.name));
    keys = {
      accessKeyId: variables.AWS_ACCESS_KEY_ID!,
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY!,
      sessionToken: variables.AWS_SESSION_TOKEN!,
    };
    expect(variables.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME).to.equal(endpoints.url);
  });

  after(() => endpoints.close());

  const call = (options: Partial<RuntimeCall> = {}): Promise<RuntimeAnswer> =>
    invoke({ url: endpoints.url!, ca, keys, path: "/endpoints/dev-fp32/invocations", ...flower(), ...options });

  const values = Buffer.from(Float32Array.of(0.1, -0, NaN, 3e38).buffer);
  const flower = () => binaryRequest({ name: "x", shape: [1, 4], datatype: "FP32" }, values);
  const engine = () => endpoints.engineOf("dev-fp32") as EmbeddedEngine;

  it("answers a binary request in binary, with the digest as the model's name", async () => {
    const answer = await call();
    expect([answer.status, answer.headers["x-amzn-invoked-production-variant"]]).to.deep.equal([200, "only"]);
    const { json, data } = parted(answer);
    expect(json).to.deep.include({ model_name: digestOf(fp32.folder), model_version: "1" });
    expect(data).to.deep.equal(values);
  });

  it("answers JSON in JSON", async () => {
    const input = { name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2.5] };
    const headers = { "content-type": "application/json" };
    const answer = await call({ headers, body: Buffer.from(JSON.stringify({ inputs: [input] })) });
    expect([answer.status, answer.type]).to.deep.equal([200, "application/json"]);
    expect(parted(answer).json.outputs).to.deep.equal([{ name: "y", datatype: "FP32", shape: [1, 2], data: [1, 2.5] }]);
  });

  it("lets the function call the endpoints that its role allows, and no other", async () => {
    const denied = await call({ path: "/endpoints/dev-int8/invocations" });
    expect([denied.status, denied.error]).to.deep.equal([403, "AccessDeniedException"]);
    expect(JSON.parse(denied.body.toString())).to.have.keys(["Message"]);
    const absent = await call({ path: "/endpoints/dev-other/invocations" });
    expect([absent.status, absent.error]).to.deep.equal([403, "AccessDeniedException"]);
  });

  it("says of an endpoint that the role allows and that is not there, that it is not found", async () => {
    const answer = await call({ path: "/endpoints/dev-gone/invocations" });
    expect([answer.status, answer.error]).to.deep.equal([400, "ValidationError"]);
    expect(answer.body.toString()).to.match(/Endpoint dev-gone of account \d{12} not found\./);
  });

  it("refuses a call that is not signed, or by another key, service, region or body", async () => {
    const statuses: (string | undefined)[] = [];
    const wrong: Partial<RuntimeCall>[] = [
      { keys: undefined },
      { keys: { ...keys, secretAccessKey: "x".repeat(40) } },
      { keys: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey } },
      { service: "lambda" },
      { region: "eu-west-1" },
    ];
    for (const options of wrong) {
      const { status, error } = await call(options);
      expect(status).to.equal(403);
      statuses.push(error);
    }
    expect(statuses).to.not.include(undefined);
    expect(statuses).to.not.include("AccessDeniedException");
  });

  it("refuses the role of another function", async () => {
    const functions = ofType(graph, "aws:lambda/function:Function");
    const other = { ...functions[0]!, inputs: { ...functions[0]!.inputs, role: "" } };
    const role = ofType(graph, "aws:iam/role:Role").find(
      ({ outputs }) => outputs.arn !== modelFunction(graph).inputs.role,
    )!;
    const stranger = roleOf(graph, { ...other, inputs: { ...other.inputs, role: role.outputs.arn } }, seed);
    const { status } = await call({ keys: stranger });
    expect(status).to.equal(403);
    expect(endpoints.variablesOf("another")).to.deep.equal({});
  });

  for (const path of [
    "/endpoints/dev-fp32/invocations/../../dev-int8/invocations",
    "/endpoints/dev-fp32%2F..%2Fdev-int8/invocations",
    "/endpoints/../ping",
    "/ping",
    "/endpoints/dev-fp32/invocations/more",
    "/endpoints/dev-fp32",
    "/endpoints//invocations",
  ])
    it(`finds nothing at ${path}`, async () => {
      const { status } = await call({ path });
      expect(status).to.be.oneOf([400, 403, 404]);
    });

  it("passes on the two headers of the API, and no other of the caller's", async () => {
    const { body } = flower();
    const json = { "content-type": "application/json" };
    // By this header a V2 server would read the body as JSON and bytes; the engine must not even see it.
    const smuggled = await call({
      headers: { ...json, "inference-header-content-length": "5" },
      body: Buffer.from("{}"),
    });
    expect(JSON.parse(smuggled.body.toString())).to.deep.include({ OriginalStatusCode: 400 });
    expect(smuggled.body.toString()).to.include("inputs: is missing");
    const target = await call({ headers: { ...flower().headers, "x-amzn-sagemaker-target-model": "other" }, body });
    expect([target.status, target.error]).to.deep.equal([400, "ValidationError"]);
  });

  for (const [what, type] of [
    ["longer than the body", "application/vnd.sagemaker-triton.binary+json;json-header-size=999999"],
    ["negative", "application/vnd.sagemaker-triton.binary+json;json-header-size=-1"],
    ["no number", "application/vnd.sagemaker-triton.binary+json;json-header-size=1e3"],
    ["not at the start", "x; application/vnd.sagemaker-triton.binary+json;json-header-size=10"],
  ])
    it(`answers 424 with the engine's 400 to a JSON length that is ${what}`, async () => {
      const answer = await call({ headers: { "content-type": type! } });
      expect([answer.status, answer.error]).to.deep.equal([424, "ModelError"]);
      expect(JSON.parse(answer.body.toString())).to.deep.include({ OriginalStatusCode: 400 });
    });

  it("answers 424 with the engine's 400 to what the model refuses, without a value of the request", async () => {
    const indices = Buffer.from(BigInt64Array.of(987654n).buffer);
    const request = binaryRequest({ name: "at", shape: [1], datatype: "INT64" }, indices);
    const answer = await call({ path: "/endpoints/dev-gather/invocations", ...request });
    expect(answer.status).to.equal(424);
    const { OriginalMessage, OriginalStatusCode } = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    expect(OriginalStatusCode).to.equal(400);
    expect(OriginalMessage).to.match(/^\{"error":"onnx runtime error/);
    expect(OriginalMessage).to.not.include("987654");
  });

  it("answers 413 above 25 MB, without reading on", async () => {
    const { status, body } = await call({ body: Buffer.alloc(26_214_401) });
    expect([status, body.toString()]).to.deep.equal([413, "HTTP content length exceeded 26214400 bytes."]);
  });

  it("takes and gives 25 MB", async () => {
    const data = Buffer.alloc(26_214_400 - 4_096, 1);
    const request = binaryRequest({ name: "x", shape: [1, data.length / 4], datatype: "FP32" }, data);
    const answer = await call(request);
    expect(answer.status).to.equal(200);
    expect(parted(answer).data.equals(data)).to.equal(true);
  });

  it("answers what the test's hook throws, as throttling does", async () => {
    endpoints.watch = (moment) => {
      if (moment === "before") throw new ServiceError(400, "ThrottlingException", "Rate exceeded");
      return Promise.resolve();
    };
    const { status, error } = await call();
    endpoints.watch = () => Promise.resolve();
    expect([status, error]).to.deep.equal([400, "ThrottlingException"]);
  });

  it("starts an engine that was killed anew, and answers 503 meanwhile, or 424 to what it held", async function () {
    const { pid } = engine();
    process.kill(pid!, "SIGKILL");
    const seen = new Set<number>();
    const until = Date.now() + 30_000;
    for (;;) {
      const { status } = await call();
      seen.add(status);
      if (status === 200 && engine().pid !== pid) break;
      expect(Date.now()).to.be.lessThan(until);
    }
    expect([...seen].filter((status) => ![200, 424, 503].includes(status))).to.deep.equal([]);
    expect(seen).to.include(503);
    expect(lines.join("\n")).to.include("is started again");
  });

  it("keeps the engine of an endpoint that did not change, and replaces one that did; calls in flight end where they began", async function () {
    const before = { fp32: engine(), int8: endpoints.engineOf("dev-int8") };
    const next = await withEndpoints([fp32, { ...int8, folder: join(fixtures, "identity-int16") }]);
    const replacement = await endpoints.replace(next);
    expect(engine()).to.equal(before.fp32);
    expect(endpoints.engineOf("dev-int8")!.model).to.equal(digestOf(join(fixtures, "identity-int16")));
    await replacement.undo();
    expect(endpoints.engineOf("dev-int8")).to.equal(before.int8);
    const again = await endpoints.replace(next);
    again.settle();
    expect(endpoints.engineOf("dev-gather")).to.equal(undefined);
    expect((await call()).status).to.equal(200);
  });

  it("stops the start with the runtime's reason where a model cannot be loaded, and everything stays as it was", async function () {
    const broken = { name: "dev-broken", folder: join(fixtures, "bfloat16") };
    const error = await endpoints.replace(await withEndpoints([fp32, broken])).catch((problem: Error) => problem);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.match(/dev-broken: its model cannot be loaded: ./);
    expect((await call()).status).to.equal(200);
  });

  const needed = (but: string) =>
    ["s3:ListBucket", "s3:GetObject", "kms:Decrypt", "ecr:*"].filter((action) => action !== but);
  const strange: [what: string, made: Partial<MadeEndpoint>, says: RegExp][] = [
    ["two variants at once", { configuration: { productionVariants: [{}, {}] } }, /only one variant/],
    ["asynchronous inference", { configuration: { asyncInferenceConfig: {} } }, /asyncInferenceConfig/],
    ["a model of another program", { variant: { modelName: "foreign" } }, /not of this program/],
    ["an archive", { source: { compressionType: "Gzip" } }, /only uncompressed files/],
    ["a role that may not list its files", { roleActions: needed("s3:ListBucket") }, /perform: s3:ListBucket/],
    ["a role that may not read its files", { roleActions: needed("s3:GetObject") }, /perform: s3:GetObject/],
    ["a role that may not decrypt them", { roleActions: needed("kms:Decrypt") }, /perform: kms:Decrypt/],
    [
      "a role that may not pull the image",
      { roleActions: needed("ecr:*") },
      /could not make the model: .*perform: ecr:/,
    ],
    ["another prefix", { source: { s3Uri: "s3://code/elsewhere/" } }, /there is no .*model\.onnx below its prefix/],
  ];
  for (const [what, made, says] of strange)
    it(`stops the start for ${what}`, async () => {
      const error = await endpoints
        .replace(await withEndpoints([{ ...fp32, ...made }]))
        .catch((problem: Error) => problem);
      expect((error as Error).message).to.match(says);
    });

  it("leaves neither process nor folder behind", async () => {
    const { pid } = engine();
    await endpoints.close();
    expect(() => process.kill(pid!, 0)).to.throw("ESRCH");
    expect(readdirSync(folder).filter((name) => name.startsWith(`${process.pid}-`))).to.deep.equal([]);
  });
});
