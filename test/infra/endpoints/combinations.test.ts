import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { matrixOf } from "../../../access-matrix/matrix";
import { evaluate } from "../../../graph/evaluate";
import { ofType } from "../../../graph/resource";
import { modules, typesOf } from "../../policy/combinations";

const folder = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
const endpoints = [{ model: "zipmap", instanceType: "ml.m5.large", maxInstances: 2 }];

/** What endpoints add to a stack; with a network, to that. */
const { endpoints: added } = JSON.parse(readFileSync(join(__dirname, "../resource-types.json"), "utf8")) as {
  endpoints: { any: string[]; network: string[] };
};

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
        const some = await evaluate({ stack, set: { ...set, endpoints } });
        const found = [...new Set(some.resources.map(({ type }) => type))].sort();
        const expected = [...typesOf(stack, on), ...added.any, ...(stack === "prod" ? added.network : [])];
        expect(found, what).to.deep.equal([...new Set(expected)].sort());
        expect(ofType(some, "aws:sagemaker/endpoint:Endpoint"), what).to.have.lengthOf(1);
      }
    });

  it("change nothing of who may call", async () => {
    for (const stack of ["dev", "prod"]) {
      const [without, some] = [
        await evaluate({ stack, set: folder }),
        await evaluate({ stack, set: { ...folder, endpoints } }),
      ];
      const matrix = JSON.stringify(matrixOf(without));
      expect(matrix.length).to.be.greaterThan(1000);
      expect(JSON.stringify(matrixOf(some))).to.equal(matrix);
    }
  });
});
