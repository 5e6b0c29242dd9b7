// The dev stack's life under the real engine: each run starts from what the one before left.

import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { Engine, type Run, type Stack } from "./engine";
import { touched as touchedBy } from "./events";

/** What a run touched. @throws AssertionError where it failed */
function touched(run: Run): string[] {
  expect(run.code, run.complaint).to.equal(0);
  return touchedBy(run.steps);
}

/** A change of the API's document: the API gets it, a new deployment freezes it, the stage serves that. */
const redeployed = [
  "replace apiGateway-deployment (Deployment): triggers.api",
  "update apiGateway-api (RestApi): body",
  "update apiGateway-stage (Stage): deployment",
];

describe("The dev stack under the real engine", () => {
  let engine: Engine;
  let dev: Stack;

  before(async () => {
    engine = await Engine.start(projectRoot);
    dev = await engine.stack("dev");
  });
  after(() => engine?.stop());

  it("previews from nothing, and knows the whole API document before anything stands", async () => {
    const preview = await dev.preview();
    expect(preview.code, preview.complaint).to.equal(0);
    expect(preview.problems).to.deep.equal([]);
    expect(new Set(preview.steps.map(({ op }) => op))).to.deep.equal(new Set(["create"]));
    const api = preview.steps.find(({ type }) => type === "aws:apigateway/restApi:RestApi");
    expect(Object.keys((JSON.parse(String(api?.inputs.body)) as { paths: object }).paths)).to.include("/mymodel");
    expect(engine.standing()).to.deep.equal([]);
  });

  it("makes with up what the preview said", async () => {
    const previewed = touched(await dev.preview());
    const up = await dev.up();
    expect(touched(up)).to.deep.equal(previewed);
    expect((await dev.outputs()).apiGatewayEndpoint).to.match(
      /^https:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com\/dev\/mymodel$/,
    );
  });

  it("changes nothing in a second up", async () => {
    const up = await dev.up();
    expect(touched(up)).to.deep.equal([]);
    expect(up.unchanged).to.be.greaterThan(40);
  });

  it("keeps a resource that gets another name in the program, where it says what it was called before", async () => {
    const file = join(engine.workspace, "infra/base/encryption.ts");
    const text = readFileSync(file, "utf8");
    expect(text).to.contain("`${name}-key`");
    writeFileSync(file, text.replace("`${name}-key`", "`${name}-cmk`"));
    expect(touched(await dev.preview()).filter((step) => step.includes("(Key)"))).to.deep.equal([
      "create encryption-cmk (Key)",
      "delete encryption-key (Key)",
    ]);
    const renamed = /(new Key\(\s*`\$\{name\}-)key(`[^]*?\n {4})child,/;
    expect(text).to.match(renamed);
    writeFileSync(file, text.replace(renamed, "$1cmk$2{ ...child, aliases: [{ name: `${name}-key` }] },"));
    expect(touched(await dev.up())).to.deep.equal([]);
    writeFileSync(file, text.replace(renamed, "$1key$2{ ...child, aliases: [{ name: `${name}-cmk` }] },"));
    expect(touched(await dev.up())).to.deep.equal([]);
    writeFileSync(file, text);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("changes the code's object, the function and its alias, and nothing else, when the handler's code changes", async () => {
    appendFileSync(join(engine.workspace, "lambda/model.ts"), '\nexport const revision = "the second";\n');
    const changed = [
      "update model-alias (Alias): functionVersion",
      "update model-code (BucketObjectv2): source",
      "update model-function (Function): s3ObjectVersion",
    ];
    expect(touched(await dev.preview())).to.deep.equal(changed);
    expect(touched(await dev.up())).to.deep.equal(changed);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("changes the models' object and layer, the manifest beside the code, the function and its alias, when a model changes", async () => {
    // An empty doc_string: field 6 of ModelProto.
    appendFileSync(join(engine.workspace, "models/mymodel/model.onnx"), "2\0");
    const changed = [
      "replace model-models (LayerVersion): s3ObjectVersion",
      "update model-alias (Alias): functionVersion",
      "update model-code (BucketObjectv2): source",
      "update model-function (Function): layers[1], s3ObjectVersion",
      "update model-models (BucketObjectv2): source",
    ];
    expect(touched(await dev.preview())).to.deep.equal(changed);
    expect(touched(await dev.up())).to.deep.equal(changed);
  });

  it("redeploys the API when the protection changes from keys to signatures", async () => {
    await dev.set({ apiGatewayAuth: "iam" });
    const changed = [
      "delete apiGateway-usage (UsagePlan)",
      "delete apiGateway-usage-key (ApiKey)",
      "delete apiGateway-usage-plan (UsagePlan)",
      "delete apiGateway-usage-plan-key (UsagePlanKey)",
      ...redeployed,
    ].sort();
    expect(touched(await dev.preview())).to.deep.equal(changed);
    expect(touched(await dev.up())).to.deep.equal(changed);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("completes an up that the cloud interrupted", async () => {
    await dev.set({ apiGatewayAuth: "cognito" });
    const interrupted = await dev.up({ failing: ["apiGateway-users-domain"] });
    expect(interrupted.code).not.to.equal(0);
    expect(interrupted.problems.join("\n")).to.contain("the simulated cloud refuses apiGateway-users-domain");
    const completed = touched(await dev.up());
    expect(completed).to.include("create apiGateway-users-domain (UserPoolDomain)");
    expect(completed).not.to.include("create apiGateway-users-pool (UserPool)");
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("takes the user pool away and puts the authorizer in its place, when the protection changes from Cognito to tokens", async () => {
    await dev.set({ apiGatewayAuth: "lambda", ...(exampleSettings(projectRoot) as Record<string, string>) });
    const steps = touched(await dev.up());
    expect(steps).to.include.members(redeployed).and.include("delete apiGateway-users-pool (UserPool)");
    expect(steps).to.include("create apiGateway-authorizer-function (Function)");
    // The dashboard shows what there is.
    const own = /^(create apiGateway-authorize|delete apiGateway-users|(create|update|delete) operations)/;
    const others = steps.filter((step) => !own.test(step));
    expect(others.filter((step) => !redeployed.includes(step))).to.deep.equal([]);
    await dev.set({ apiGatewayAuth: "cognito" });
    expect((await dev.up()).code).to.equal(0);
  });

  it("completes an up whose CLI was killed, once its lock is released", async () => {
    appendFileSync(join(engine.workspace, "lambda/model.ts"), '\nexport const third = "the third";\n');
    const killed = await dev.up({ killedAt: "model-function" });
    expect(killed.code).to.equal(null);
    // Nor does a plugin or the program of it go on.
    const running = execFileSync("ps", ["-e", "-o", "args="], { encoding: "utf8" });
    expect(running.split("\n").filter((line) => line.includes(dirname(engine.workspace)))).to.deep.equal([]);
    expect((await dev.up()).printed).to.contain("locked");
    await dev.cancel();
    const completed = touched(await dev.up());
    expect(completed).to.include("update model-alias (Alias): functionVersion");
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("keeps the client's secret out of the state file, in plain", async () => {
    const shown = JSON.parse(await engine.pulumi(["stack", "export", "--show-secrets", "--stack", "dev"])) as {
      deployment: { resources: { type: string; outputs?: { clientSecret?: { plaintext?: string } } }[] };
    };
    const client = shown.deployment.resources.find(({ type }) => type === "aws:cognito/userPoolClient:UserPoolClient");
    const secret = JSON.parse(client?.outputs?.clientSecret?.plaintext ?? "null") as unknown;
    expect(secret).to.be.a("string").with.lengthOf.at.least(40);
    expect(dev.state()).to.contain("apiGateway-users-client").and.not.to.contain(secret);
  });

  it("destroys all but the account's log role, and comes back after", async () => {
    expect((await dev.destroy()).code).to.equal(0);
    const kept = [
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ];
    expect(engine.standing().map(({ type }) => type)).to.deep.equal(kept);
    expect((await dev.up()).problems).to.deep.equal([]);
    expect((await dev.destroy()).code).to.equal(0);
  });
});
