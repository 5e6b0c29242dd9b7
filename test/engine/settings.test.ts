// What the real engine says of settings that are missing, wrong or misspelt, before anything is made.

import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { Engine, type Stack } from "./engine";

describe("The check of settings under the real engine", () => {
  let engine: Engine;
  let dev: Stack;

  before(async () => {
    engine = await Engine.start(projectRoot);
    dev = await engine.stack("dev");
  });
  after(() => engine?.stop());

  it("demands every missing account setting at once, each with its command", async () => {
    await dev.set({ apiGatewayAuth: "lambda" });
    const run = await dev.preview();
    expect(run.code).not.to.equal(0);
    const printed = run.problems.join("\n");
    expect(printed).to.contain("2 faults in the settings of stack dev");
    for (const key of ["oidcIssuer", "oidcAudience"]) {
      expect(printed).to.match(new RegExp(`^ +${key}: is not set .*: pulumi config set .*${key} `, "m"));
    }
  });

  it("is satisfied by the very commands that it printed", async () => {
    const commands = [...(await dev.preview()).printed.matchAll(/pulumi (config set [^"\\]*\\"[^"\\]*\\")/g)];
    expect(commands).to.have.length(2);
    for (const [, command] of commands) {
      const args = command!
        .replaceAll('\\"', "")
        .replaceAll(/<([\w-]+)>/g, "$1")
        .split(" ");
      await engine.pulumi([...args, "--stack", "dev"]);
    }
    expect((await dev.preview()).code).to.equal(0);
  });

  it("reports a misspelt setting and an impossible value together", async () => {
    await dev.set({ apiGatewayAuht: "iam", keyQuota: 0 });
    const printed = (await dev.preview()).problems.join("\n");
    expect(printed).to.contain("2 faults");
    expect(printed).to.contain(
      "apiGatewayAuht: is not a setting; did you mean apiGatewayAuth?: pulumi config rm apiGatewayAuht",
    );
    expect(printed).to.contain("keyQuota: is not a whole number from 1 to 2147483647: pulumi config set keyQuota 1");
    await engine.pulumi(["config", "rm", "apiGatewayAuht", "--stack", "dev"]);
    await dev.set({ keyQuota: 100 });
  });

  it("takes an object by the path of a field", async () => {
    await engine.pulumi(["config", "set", "--path", "tags.owner", "ml", "--stack", "dev"]);
    const run = await dev.preview();
    expect(run.problems).to.deep.equal([]);
    expect(run.code).to.equal(0);
    await engine.pulumi(["config", "rm", "tags", "--stack", "dev"]);
  });

  it("leaves a value of the wrong type to the engine, which knows the types of Pulumi.yaml", async () => {
    await dev.set({ httpApi: "yes" });
    const run = await dev.preview();
    expect(run.code).not.to.equal(0);
    expect(run.printed).to.contain("configuration key 'httpApi' must be of type 'boolean'");
    await dev.set({ httpApi: false });
  });

  it("reports a fault by its lines alone: no stack of Pulumi's own frames, which Node 20.20 takes fifteen seconds to colour", async () => {
    await dev.set({ keyQuota: 0 });
    const { problems } = await dev.preview();
    await dev.set({ keyQuota: 100 });
    expect(problems.join("\n")).to.contain("1 fault");
    expect(problems.join("\n")).not.to.match(/node_modules|\bat /);
  });
});
