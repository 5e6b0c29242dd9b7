// A key ring of Google Cloud that is there already: adopted, since rings are never deleted and so may outlive a stack.

import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { exampleSettings } from "../../graph/project";
import { Engine } from "./engine";

describe("A key ring under the real engine", () => {
  let engine: Engine;
  before(async () => (engine = await Engine.start(projectRoot)));
  after(() => engine?.stop());

  it("is imported by its name, and not made", async () => {
    const stack = await engine.stack("dev");
    await stack.set(exampleSettings(projectRoot) as Record<string, string>);
    await stack.set({ apiGateway: false, secrets: true, gcpKeyRingName: "ours" });
    const up = await stack.up();
    expect(up.code, up.complaint).to.equal(0);
    const ring = up.steps.filter(({ name }) => name === "secrets-gcp-key-ring");
    expect(ring.map(({ op }) => op)).to.deep.equal(["import"]);
  });
});
