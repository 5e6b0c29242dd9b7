// The policy pack under the real engine: what a preview warns of, what an up proves, and what stops either.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { Engine, type Run } from "./engine";

/**
 * Stands in for the part of the Node host that starts packs, which the old host lacks: a pack whose runtime is `local`
 * is started by an executable of this name, in the pack's folder.
 */
const analyzer = "pulumi-analyzer-policy-local";

describe("The policy pack under the real engine", () => {
  const tools = mkdtempSync(join(tmpdir(), "analyzer-"));
  const path = process.env.PATH;
  let engine: Engine;

  before(async () => {
    const runner = join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
    writeFileSync(join(tools, analyzer), `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`);
    chmodSync(join(tools, analyzer), 0o755);
    process.env.PATH = [tools, path].join(delimiter);
    engine = await Engine.start(projectRoot);
    edit("policy/PulumiPolicy.yaml", "runtime: nodejs", "runtime: local");
    await engine.stack("dev");
  });
  after(() => {
    engine?.stop();
    process.env.PATH = path;
    rmSync(tools, { recursive: true });
  });

  /** Changes a file of the engine's copy of the project. @returns what puts it back */
  function edit(file: string, from: string, to: string): () => void {
    const whole = join(engine.workspace, file);
    const text = readFileSync(whole, "utf8");
    expect(text).to.include(from);
    writeFileSync(whole, text.replaceAll(from, to));
    return () => writeFileSync(whole, text);
  }

  const run = (...args: string[]): Promise<Run> => on("dev", ...args);
  const on = (stack: string, ...args: string[]): Promise<Run> =>
    engine.run([...args, "--stack", stack, "--skip-plugin-pre-install", "--policy-pack", "policy"], {});

  it("warns in a first preview of what only the deployment reveals, and finds nothing else", async () => {
    const { code, printed } = await run("preview");
    expect(code, printed).to.equal(0);
    expect(printed).to.include("[advisory]  known-before-deployment");
    expect(printed).not.to.include("[mandatory]");
  });

  it("stops a preview that takes a protection away, and names the rule and the control", async () => {
    const back = edit("infra/base/encryption.ts", "enableKeyRotation: true", "enableKeyRotation: false");
    const { code, printed } = await run("preview");
    back();
    expect(code).not.to.equal(0);
    expect(printed).to.match(
      /\[mandatory\] \[severity: medium\] {2}key-rotates {2}\(aws:kms\/key:Key: encryption-key\)/,
    );
    expect(printed).to.include("KMS.4");
  });

  it("stops a preview once an exception's day has passed", async () => {
    const text = readFileSync(join(engine.workspace, "policy/exceptions.yaml"), "utf8");
    const review = /rule: api-key-is-never-alone[^]*?review: (\S+)/.exec(text)![1]!;
    const back = edit("policy/exceptions.yaml", `review: ${review}`, "review: 2026-01-01");
    const { code, printed } = await run("preview");
    back();
    expect(code).not.to.equal(0);
    expect(printed).to.include("the exception was to be reviewed by 2026-01-01");
  });

  it("proves with up what the preview could not know", async () => {
    const { code, printed } = await run("up", "--yes", "--skip-preview");
    expect(code, printed).to.equal(0);
    expect(printed).to.match(/✅ model-serving@v\d/);
    expect(printed).not.to.include("known-before-deployment");
  });

  it("stops an up that widens a role, which the preview of a new role could not see", async () => {
    const back = edit("infra/function/function.ts", "Resource: keyArn", 'Resource: "*"');
    const { code, printed } = await run("up", "--yes", "--skip-preview");
    back();
    expect(code).not.to.equal(0);
    expect(printed).to.include("decryption-names-its-keys");
  });

  it("lets a first preview of prod pass, with everything on, with warnings alone", async () => {
    const prod = await engine.stack("prod");
    await prod.set({ ...exampleSettings(projectRoot), trainingSchedule: "rate(7 days)" } as Record<string, string>);
    const preview = await on("prod", "preview");
    expect(preview.code, preview.printed).to.equal(0);
    expect(preview.printed).not.to.include("[mandatory]");
  });

  it("proves with an up of prod what its preview could not know, the training jobs' network among it", async () => {
    const { code, printed } = await on("prod", "up", "--yes", "--skip-preview");
    expect(code, printed).to.equal(0);
    expect(printed).not.to.include("known-before-deployment");
  });
});
