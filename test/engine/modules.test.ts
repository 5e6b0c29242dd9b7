// Each module switched on and off with `pulumi config set`, under the real engine: only its own resources appear or go.

import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { Engine, type Run, type Stack } from "./engine";

const modules = ["auth0Authorizer", "httpApi", "secrets", "sagemaker"] as const;

/** What a module changes beside its own resources, when it is switched on; switched off, it does the opposite. */
const besides: Readonly<Record<string, readonly string[]>> = {
  // The secret holds the API key then, and its rotation makes it: the program's own goes.
  secrets: ["delete apiGateway-usage-key", "delete apiGateway-usage-plan-key"],
  // The model function may read the pointer to a published model.
  sagemaker: ["create model-published", "update model-alias", "update model-function"],
};

/** Alarms, their topic and the dashboard follow what they watch. */
const watching = /^(create|update) (operations|alarms)\b/;

function touched(run: Run): string[] {
  expect(run.code, run.complaint).to.equal(0);
  return run.steps.map(({ op, name }) => `${op} ${name}`).sort();
}

const opposite = (step: string) => step.replace(/^\w+/, (op) => ({ create: "delete", delete: "create" })[op] ?? op);

describe("Switching modules under the real engine,", () => {
  let engine: Engine;
  let stack: Stack;
  const made = new Map<string, string[]>();

  before(async () => {
    engine = await Engine.start(projectRoot);
    stack = await engine.stack("dev");
    await stack.set(exampleSettings(projectRoot) as Record<string, string>);
    expect((await stack.up()).code).to.equal(0);
  });
  after(() => engine?.stop());

  for (const module of modules) {
    it(`on: ${module} makes its own resources, and leaves the others as they are`, async () => {
      await stack.set({ [module]: true });
      const steps = touched(await stack.up());
      made.set(module, steps);
      expect(steps).to.include.members([...(besides[module] ?? [])]);
      const own = (step: string) => step.startsWith(`create ${module}`) || watching.test(step);
      const others = steps.filter((step) => !own(step) && !besides[module]?.includes(step));
      expect(others).to.deep.equal([]);
      expect(steps).not.to.deep.equal([]);
    });
  }

  it("changes nothing in an up with all of them on", async () => {
    expect(touched(await stack.up())).to.deep.equal([]);
  });

  it("the private network, on and off: functions and jobs move in and out in place, and nothing stays behind", async () => {
    await stack.set({ network: true });
    const on = touched(await stack.up());
    const moved = ["model-function", "sagemaker-training-definition", "sagemaker-training-pipeline"];
    expect(on).to.include.members(moved.map((name) => `update ${name}`));
    const rest = on.filter((step) => !step.startsWith("update ") && !/^create (network|storage)\b/.test(step));
    expect(rest).to.deep.equal([]);
    expect(touched(await stack.up())).to.deep.equal([]);
    await stack.set({ network: false });
    expect(touched(await stack.up())).to.deep.equal(on.map(opposite).sort());
  });

  for (const module of [...modules].reverse()) {
    it(`off: ${module} takes away what it made, and nothing else`, async () => {
      await stack.set({ [module]: false });
      expect(touched(await stack.up())).to.deep.equal(made.get(module)!.map(opposite).sort());
    });
  }

  it("off, all of them: only the account's log role stays in the cloud", async () => {
    await stack.set({ apiGateway: false });
    expect((await stack.up()).code).to.equal(0);
    expect(engine.standing().map(({ type }) => type)).to.deep.equal([
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
  });
});
