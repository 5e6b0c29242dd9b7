import { expect } from "chai";
import { combinations, typesOf } from "./combinations";

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
