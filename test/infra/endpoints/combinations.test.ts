import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { accessMatrix } from "../../../access-matrix/matrix";
import { evaluate } from "../../../graph/evaluate";
import { type Graph, ofType } from "../../../graph/resource";

const modules = ["apiGateway", "auth0Authorizer", "httpApi", "secrets", "sagemaker"] as const;
const folder = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
const endpoints = [{ model: "zipmap", instanceType: "ml.m5.large", maxInstances: 2 }];

/** What endpoints add to a stack; with a network, to that. */
const { endpoints: added } = JSON.parse(readFileSync(join(__dirname, "../resource-types.json"), "utf8")) as {
  endpoints: { any: string[]; network: string[] };
};
const typesOf = (graph: Graph): Set<string> => new Set(graph.resources.map(({ type }) => type));

describe("Infrastructure: endpoints beside every combination of the switches", () => {
  for (const stack of ["dev", "prod"] as const)
    it(`add in ${stack} what is theirs wherever there is an API, and are refused where there is none`, async () => {
      for (let bits = 0; bits < 1 << modules.length; bits++) {
        const on = modules.filter((_, index) => (bits & (1 << index)) !== 0);
        const set = { ...folder, ...Object.fromEntries(modules.map((module) => [module, on.includes(module)])) };
        const what = `${stack}: ${on.join(" + ") || "none"}`;
        if (!on.some((module) => ["apiGateway", "auth0Authorizer", "httpApi"].includes(module))) {
          const message = await evaluate({ stack, set: { ...set, endpoints } }).then(
            () => "",
            (error: Error) => error.message,
          );
          expect(message, what).to.match(/endpoints: have no effect without an API/);
          continue;
        }
        const [without, some] = [await evaluate({ stack, set }), await evaluate({ stack, set: { ...set, endpoints } })];
        const expected = new Set([...typesOf(without), ...added.any, ...(stack === "prod" ? added.network : [])]);
        expect([...typesOf(some)].sort(), what).to.deep.equal([...expected].sort());
        expect(ofType(some, "aws:sagemaker/endpoint:Endpoint"), what).to.have.lengthOf(1);
      }
    }).timeout(600_000);

  it("change nothing of who may call", async () => {
    for (const stack of ["dev", "prod"]) {
      const [without, some] = [
        await evaluate({ stack, set: folder }),
        await evaluate({ stack, set: { ...folder, endpoints } }),
      ];
      const matrix = JSON.stringify(accessMatrix(without));
      expect(matrix.length).to.be.greaterThan(1000);
      expect(JSON.stringify(accessMatrix(some))).to.equal(matrix);
    }
  });
});
