import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { printable } from "../../graph/print";
import { ofType } from "../../graph/resource";

const dev = (set: Record<string, unknown> = {}, seed?: Buffer) =>
  evaluate({ stack: "dev", set, ...(seed && { seed }) });

/** Evaluates a program of the test's own in a copy of the project's files. */
async function program(source: string): Promise<unknown> {
  const root = mkdtempSync(join(tmpdir(), "program-"));
  try {
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "graph/example-settings.yaml"]) {
      cpSync(join(projectRoot, file), join(root, file));
    }
    symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, "index.ts"), source);
    return await evaluate({ stack: "dev", root });
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function failure(source: string): Promise<string> {
  try {
    await program(source);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the program was evaluated");
}

describe("Resource graph", () => {
  it("is the same each time, byte for byte", async () => {
    expect(JSON.stringify(printable(await dev()))).to.equal(JSON.stringify(printable(await dev())));
  });

  it("gives each resource a URN, and each custom one an id, of its own", async () => {
    const { resources } = await dev({ apiGatewayAuth: "lambda" });
    const custom = resources.filter(({ type }) => !type.startsWith("model-serving:"));
    expect(new Set(resources.map(({ urn }) => urn)).size).to.equal(resources.length);
    for (const { id, urn } of custom) expect(id, urn).to.be.a("string").and.not.equal("");
    // A side resource of a bucket, a role or a key has its owner's id.
    const owners = custom.filter(({ type }) => /:(Function|RestApi|Role|Key|ApiKey|Bucket|LogGroup|Alias)$/.test(type));
    expect(new Set(owners.map(({ id }) => id)).size).to.equal(owners.length);
  });

  it("names parents, dependencies and the properties they come from", async () => {
    const graph = await dev();
    const stage = ofType(graph, "aws:apigateway/stage:Stage")[0]!;
    const deployment = ofType(graph, "aws:apigateway/deployment:Deployment")[0]!;
    const owner = graph.resources.find(({ urn }) => urn === stage.parent)!;
    expect(owner).to.include({ name: "apiGateway", type: "model-serving:infra:RestApi" });
    expect(stage.dependencies).to.include(deployment.urn);
    expect(stage.propertyDependencies.deployment).to.include(deployment.urn);
    expect(stage.urn).to.equal(
      "urn:pulumi:dev::model-serving::model-serving:infra:ApiGatewayModule$model-serving:infra:RestApi$aws:apigateway/stage:Stage::apiGateway-stage",
    );
  });

  it("prints every secret as [secret] and no path of this machine", async () => {
    for (const apiGatewayAuth of ["apiKey", "cognito"]) {
      const graph = await dev({ apiGatewayAuth });
      const text = JSON.stringify(printable(graph));
      const secrets = [
        ...ofType(graph, "aws:apigateway/apiKey:ApiKey").map(({ outputs }) => String(outputs.value)),
        ...ofType(graph, "aws:cognito/userPoolClient:UserPoolClient").map(({ outputs }) =>
          String(outputs.clientSecret),
        ),
      ];
      expect(secrets).to.have.lengthOf(1);
      expect(text).not.to.include(secrets[0]!);
      expect(text).to.include('"[secret]"');
      expect(text).not.to.include(projectRoot);
    }
  });

  it("makes secrets of the seed, so that nobody guesses those of a local run", async () => {
    const key = async (seed?: Buffer) => ofType(await dev({}, seed), "aws:apigateway/apiKey:ApiKey")[0]!.outputs.value;
    expect(await key(Buffer.alloc(32, 1))).not.to.equal(await key(Buffer.alloc(32, 2)));
    expect(await key(Buffer.alloc(32, 1))).to.equal(await key(Buffer.alloc(32, 1)));
    expect(await key()).to.match(/^[A-Za-z0-9]{40}$/);
  });

  it("says which example values it rests on", async () => {
    expect((await dev()).examples).to.deep.equal([]);
    expect((await dev({ apiGatewayAuth: "lambda" })).examples).to.deep.equal(["oidcIssuer", "oidcAudience"]);
    const own = { apiGatewayAuth: "lambda", oidcIssuer: "https://a.example.net/", oidcAudience: "mine" };
    expect((await dev(own)).examples).to.deep.equal([]);
  });

  it("refuses a program that reads an output which the simulation lacks, rather than let the input vanish", async () => {
    const message = await failure(`
      import { Bucket } from "@pulumi/aws/s3/bucket";
      import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
      export default async () => {
        const bucket = new Bucket("b");
        new LogGroup("g", { name: bucket.websiteEndpoint });
      };`);
    expect(message).to.match(/::g: the input name reads an output that graph\/types\/ does not give/);
  });

  it("refuses two resources of one URN", async () => {
    const message = await failure(`
      import { Bucket } from "@pulumi/aws/s3/bucket";
      export default async () => { new Bucket("b"); new Bucket("b"); };`);
    expect(message).to.match(/two resources have the URN .*::b/);
  });

  it("fails, and does not hang, when a component or an input fails", async () => {
    expect(await failure("export default async () => { throw new Error('no luck'); };")).to.equal("no luck");
    const rejected = await failure(`
      import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
      export default async () => { new LogGroup("g", { name: Promise.reject(new Error("late")) }); };`);
    expect(rejected).to.include("late");
  });

  for (const [region, partition] of [
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
  ])
    it(`has in ${region} only ARNs of the partition ${partition}`, async () => {
      const { resources, outputs } = await evaluate({
        stack: "prod",
        set: { awsRegion: region, secretsRegion: region },
      });
      const arns = JSON.stringify({ resources, outputs }).matchAll(/arn:([a-z-]+):[a-z0-9-]+:/g);
      expect([...new Set([...arns].map(([, own]) => own))]).to.deep.equal([partition]);
    });

  it("does not read the settings of another stack", async () => {
    try {
      await evaluate({ stack: "staging" });
      expect.fail("evaluated");
    } catch (error) {
      expect((error as Error).message).to.equal('no stack "staging": the stacks here are dev, prod');
    }
  });

  it("needs no root import: nothing imports all of a provider", () => {
    const sources = [
      "infra/api/api-gateway.ts",
      "infra/base/encryption.ts",
      "infra/function/function.ts",
      "infra/api/rest/rest-api.ts",
    ];
    for (const file of sources)
      expect(readFileSync(join(projectRoot, file), "utf8")).not.to.match(/from "@pulumi\/(aws|awsx|gcp|auth0)"/);
  });
});
