// Where the program's roles and policies stand, and what bounds them.

import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { ofType } from "../../graph/resource";

const boundary = "arn:aws:iam::123456789012:policy/model-serving-boundary";
/** What brings in further roles: an authorizer, clients' pools, a network with a way out. */
const variants = [{}, { apiGatewayAuth: "cognito" }, { apiGatewayAuth: "lambda", authorizerNetwork: "nat" }];

describe("Infrastructure: roles and policies", () => {
  for (const stack of ["dev", "prod"]) {
    it(`stand below the path of ${stack}, and within the boundary that its settings name`, async () => {
      for (const variant of variants) {
        const set = { secrets: true, sagemaker: true, httpApi: true, network: true, ...variant };
        const graph = await evaluate({ stack, set: { ...set, permissionsBoundary: boundary } });
        const roles = ofType(graph, "aws:iam/role:Role");
        expect(roles.length).to.be.greaterThan(6);
        for (const { name, inputs } of roles) {
          expect(inputs, name).to.deep.include({ path: `/model-serving-${stack}/`, permissionsBoundary: boundary });
        }
        for (const { name, inputs } of ofType(graph, "aws:iam/policy:Policy"))
          expect(inputs, name).to.deep.include({ path: `/model-serving-${stack}/` });
      }
    });
  }

  it("have no boundary where none is named", async () => {
    const roles = ofType(await evaluate({ stack: "prod" }), "aws:iam/role:Role");
    expect(roles.filter(({ inputs }) => "permissionsBoundary" in inputs)).to.deep.equal([]);
  });

  it("refuse a boundary that is no policy's ARN, and say how to set one", async () => {
    const refused = await evaluate({ stack: "dev", set: { permissionsBoundary: "model-serving-boundary" } }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refused).to.contain(
      `permissionsBoundary: is not an IAM policy's ARN: pulumi config set permissionsBoundary ${boundary}`,
    );
  });
});
