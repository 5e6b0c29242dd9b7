import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";

const modules = ["apiGateway", "auth0Authorizer", "httpApi", "secrets", "sagemaker"] as const;

/** By stack and module: the resource types that it creates, alone. */
const types = JSON.parse(readFileSync(join(__dirname, "resource-types.json"), "utf8")) as Record<
  string,
  Record<(typeof modules)[number], string[]>
>;

describe("the five switches", function () {
  this.timeout(60_000);
  for (const stack of ["dev", "prod"]) {
    it(`give in all 32 combinations of ${stack} the union of what their modules create`, async () => {
      for (let bits = 0; bits < 32; bits++) {
        const set = Object.fromEntries(modules.map((module, index) => [module, (bits & (1 << index)) !== 0]));
        const on = modules.filter((module) => set[module]);
        const graph = await evaluate({ stack, set });
        const found = [...new Set(graph.resources.map(({ type }) => type))].sort();
        const wanted = [...new Set(on.flatMap((module) => types[stack]![module]))].sort();
        expect(found, on.join(" + ") || "none").to.deep.equal(wanted);
      }
    });
  }

  it("create nothing when all are off", async () => {
    const off = Object.fromEntries(modules.map((module) => [module, false]));
    expect((await evaluate({ stack: "prod", set: off })).resources).to.deep.equal([]);
  });
});
