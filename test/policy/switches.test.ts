import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { combinations, type Module } from "./combinations";

/** What two modules do for each other. */
interface Together {
  /** The one stack in which they do. */
  readonly stack?: "dev" | "prod";
  readonly modules: readonly Module[];
  readonly adds: readonly string[];
  readonly leavesOut: readonly string[];
}

/** By stack and module: the resource types that it creates, alone. */
const { together, ...types } = JSON.parse(readFileSync(join(__dirname, "../infra/resource-types.json"), "utf8")) as {
  readonly together: readonly Together[];
} & Record<"dev" | "prod", Record<Module, string[]>>;

/** The union of the modules' types; with `secrets`, the API's keys are rotated rather than kept in the state. */
function typesOf(stack: "dev" | "prod", on: readonly Module[]): string[] {
  const union = new Set(on.flatMap((module) => types[stack][module]));
  for (const { stack: only = stack, modules: all, adds, leavesOut } of together) {
    if (only !== stack || !all.every((module) => on.includes(module))) continue;
    for (const type of adds) union.add(type);
    for (const type of leavesOut) union.delete(type);
  }
  return [...union].sort();
}

describe("The five switches", () => {
  for (const stack of ["dev", "prod"] as const) {
    it(`give in all 32 combinations of ${stack} the union of what their modules create`, async () => {
      const all = (await combinations()).filter((each) => each.stack === stack);
      expect(all).to.have.lengthOf(32);
      for (const { on, graph } of all) {
        const found = [...new Set(graph.resources.map(({ type }) => type))].sort();
        expect(found, on.join(" + ") || "none").to.deep.equal(typesOf(stack, on));
      }
    });
  }

  it("create nothing when all are off", async () => {
    const off = (await combinations()).find(({ stack, on }) => stack === "prod" && on.length === 0);
    expect(off!.graph.resources).to.deep.equal([]);
  });
});
