// `npm run drift` under the real engine: what was changed behind Pulumi's back is reported, and nothing else.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { Engine, type Stack } from "./engine";

/** Starts packs in place of the old Node host: see policy.test.ts. */
const analyzer = "pulumi-analyzer-policy-local";

const silence = "What stands is what was last deployed, and violates no rule of the policy.";

describe("Drift under the real engine", () => {
  const tools = mkdtempSync(join(tmpdir(), "analyzer-"));
  const path = process.env.PATH;
  let engine: Engine;
  let dev: Stack;

  before(async () => {
    const runner = join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
    writeFileSync(join(tools, analyzer), `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`);
    chmodSync(join(tools, analyzer), 0o755);
    process.env.PATH = [tools, path].join(delimiter);
    engine = await Engine.start(projectRoot);
    const pack = join(engine.workspace, "policy/PulumiPolicy.yaml");
    writeFileSync(pack, readFileSync(pack, "utf8").replace("runtime: nodejs", "runtime: local"));
    dev = await engine.stack("dev");
    // With a resource of which the program leaves a property to others.
    await dev.set({ ...(exampleSettings(projectRoot) as Record<string, string>), sagemaker: true });
    const up = await dev.up();
    expect(up.code, up.complaint).to.equal(0);
    // The provider reads it back, although the program sets it in an object of S3.
    engine.change("sagemaker-training-pipeline", { pipelineDefinition: '{"Version":"2020-12-01","Steps":[]}' });
  });
  after(() => {
    engine?.stop();
    process.env.PATH = path;
    rmSync(tools, { recursive: true });
  });

  const drift = () => engine.command("drift/cli.ts", ["--stack", "dev"]);

  it("is silent about what stands as it was deployed, and about what the program leaves to others", async () => {
    const { code, printed } = await drift();
    expect(printed).to.equal(`## Stack \`dev\`\n\n${silence}\n`);
    expect(code).to.equal(0);
  });

  it("names an input that was changed, without its value, and the rule that it violates", async () => {
    const before = dev.state();
    engine.change("encryption-key", { enableKeyRotation: false, description: "a value that is nobody's business" });
    const { code, printed } = await drift();
    expect(printed).to.contain("- encryption-key (`aws:kms/key:Key`): `description`, `enableKeyRotation`");
    expect(printed).to.contain("- `key-rotates`: encryption-key");
    expect(printed).not.to.contain("nobody's business");
    expect(code).to.equal(1);
    expect(dev.state(), "the state was written").to.equal(before);
    engine.change("encryption-key", {});
    expect((await drift()).code).to.equal(0);
  });

  it("names a resource that is gone", async () => {
    engine.take("aws:apigateway/stage:Stage");
    const { code, printed } = await drift();
    expect(printed).to.match(/^- apiGateway-stage \(`aws:apigateway\/stage:Stage`\): \*\*it is gone\*\*$/m);
    expect(code).to.equal(1);
  });

  it("says with status 2 that it cannot tell", async () => {
    const { code, printed } = await engine.command("drift/cli.ts", ["--stack", "prod"]);
    expect(printed).to.match(/^pulumi stack export ended with \d+: /m);
    expect(code).to.equal(2);
  });
});
