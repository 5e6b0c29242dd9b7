// The dev stack's life under the real engine: each run starts from what the one before left.

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { Engine, type Run, type Stack } from "./engine";

/** What a run touched, one line a step, sorted: `update apiGateway-api (RestApi): body`. */
function touched(run: Run): string[] {
  expect(run.code, run.printed).to.equal(0);
  return run.steps
    .filter(({ op }) => op !== "create-replacement" && op !== "delete-replaced")
    .map(({ op, name, type, changes }) => {
      const list = changes.length > 0 ? `: ${changes.join(", ")}` : "";
      return `${op} ${name} (${type.split(":").at(-1)})${list}`;
    })
    .sort();
}

/** A change of the API's document: the API gets it, a new deployment freezes it, the stage serves that. */
const redeployed = [
  "replace apiGateway-deployment (Deployment): triggers.api",
  "update apiGateway-api (RestApi): body",
  "update apiGateway-stage (Stage): deployment",
];

describe("the dev stack under the real engine", function () {
  this.timeout(120_000);
  let engine: Engine;
  let dev: Stack;

  before(async () => {
    engine = await Engine.start(projectRoot);
    dev = await engine.stack("dev");
  });
  after(() => engine?.stop());

  it("previews from nothing, and knows the whole API document before anything stands", async () => {
    const preview = await dev.preview();
    expect(preview.code, preview.printed).to.equal(0);
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

  it("redeploys the API when the protection changes from keys to signatures", async () => {
    await dev.set({ apiGatewayAuth: "iam" });
    const changed = [
      "create apiGateway-invoke-policy (InvokePolicy)",
      "create apiGateway-invoke-policy-policy (Policy)",
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
