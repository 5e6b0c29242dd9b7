// Clients that come and go with the commands of docs/operations.md and docs/runbook.md, under the real engine: nothing of the
// others is touched.

import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { Engine, type Run, type Stack } from "./engine";
import { touched as touchedBy } from "./events";

function touched(run: Run): string[] {
  expect(run.code, run.complaint).to.equal(0);
  return touchedBy(run.steps);
}

describe("Clients under the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  const client = (index: number, field: string, value: string) =>
    engine.pulumi(["config", "set", "--stack", "dev", "--path", `clients[${index}].${field}`, value]);
  const drop = (index: number) => engine.pulumi(["config", "rm", "--stack", "dev", "--path", `clients[${index}]`]);
  const all = (op: string, name: string) => [
    `${op} apiGateway-client-${name} (ClientAccess)`,
    `${op} apiGateway-client-${name}-key (ApiKey)`,
    `${op} apiGateway-client-${name}-plan (UsagePlan)`,
    `${op} apiGateway-client-${name}-plan-key (UsagePlanKey)`,
    `update apiGateway-stage (Stage): variables.client_${name}`,
  ];

  before(async () => {
    engine = await Engine.start(projectRoot);
    dev = await engine.stack("dev");
    await client(0, "name", "acme");
    await client(0, "quota", "20000");
    await client(1, "name", "labs");
    await client(1, "models[0]", "mymodel");
    expect((await dev.up()).code).to.equal(0);
  });
  after(() => engine?.stop());

  it("come with what is theirs, and a line in the list: no other's key or plan is touched, and no code", async () => {
    await client(2, "name", "ops");
    expect(touched(await dev.up())).to.deep.equal(all("create", "ops"));
  });

  it("are limited anew in their own plan alone", async () => {
    await client(0, "quota", "30000");
    expect(touched(await dev.up())).to.deep.equal([
      "update apiGateway-client-acme-plan (UsagePlan): quotaSettings.limit",
    ]);
  });

  it("go with what is theirs, the first of the list too", async () => {
    await drop(0);
    expect(touched(await dev.up())).to.deep.equal(all("delete", "acme"));
    expect(touched(await dev.up())).to.deep.equal([]);
  });
});
