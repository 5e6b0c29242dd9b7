import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { type Api } from "../../access-matrix/apis";
import { matrixOf } from "../../access-matrix/matrix";
import { evaluate } from "../../graph/evaluate";
import { defaultUrlOf, routesOf } from "../../verify/standing-apis";
import { NotTried } from "../../verify/source";

const id = "a1b2c3d4e5";

/** Answers as the AWS CLI does, which writes an export to the file that is named last. */
function aws(asked: string[], answers: Readonly<Record<string, object>>, exported: object = {}) {
  return async (...args: string[]): Promise<Readonly<Record<string, unknown>>> => {
    const command = args.slice(0, 2).join(" ");
    asked.push(args.join(" "));
    if (/export/.test(command)) writeFileSync(args.at(-1)!, JSON.stringify(exported));
    if (answers[command] === undefined) throw new NotTried(`aws ${command}: it is refused`);
    return answers[command] as Readonly<Record<string, unknown>>;
  };
}

describe("Verification: what AWS reports of an API", () => {
  let apis: readonly Api[];
  before(async () => {
    const set = { sagemaker: false, secrets: false, apiGatewayDomain: "mymodel.example.com" };
    ({ apis } = matrixOf(await evaluate({ stack: "prod", set })));
  });
  const api = (name: string) => apis.find((each) => each.name === name)!;

  it("names the default endpoint behind an own domain, by the domain's mapping", async () => {
    const mappings = {
      "apigateway get-base-path-mappings": { items: [{ restApiId: id, stage: "prod" }] },
      "apigatewayv2 get-api-mappings": {
        Items: [
          { ApiId: "other", Stage: "else" },
          { ApiId: id, Stage: "prod" },
        ],
      },
    };
    for (const name of ["apiGateway", "httpApi"])
      expect(await defaultUrlOf(api(name), aws([], mappings))).to.equal(
        `https://${id}.execute-api.us-east-1.amazonaws.com`,
      );
  });

  it("lists the routes of the stage that is served, from its export, and only reads", async () => {
    const paths = { "/predict": { post: {} }, "/copy": { "x-amazon-apigateway-any-method": {} } };
    const asked: string[] = [];
    const answers = { "apigateway get-export": {}, "apigatewayv2 export-api": {} };
    const url = `https://${id}.execute-api.us-east-1.amazonaws.com/prod/predict`;
    expect(await routesOf(api("auth0Authorizer"), url, aws(asked, answers, { paths }))).to.deep.equal([
      { method: "POST", path: "/predict" },
      { method: "ANY", path: "/copy" },
    ]);
    expect(asked[0]).to.match(
      /^apigateway get-export --rest-api-id a1b2c3d4e5 --stage-name prod --export-type oas30 --parameters extensions=apigateway --accepts application\/json \S+$/,
    );
    await routesOf(api("httpApi"), url, aws(asked, answers, { paths }));
    expect(asked[1]).to.match(
      /^apigatewayv2 export-api --api-id a1b2c3d4e5 --stage-name prod --specification OAS30 --output-type JSON \S+$/,
    );
  });

  it("is not tried where AWS refuses, and says so", async () => {
    const url = `https://${id}.execute-api.us-east-1.amazonaws.com/prod`;
    const error = await routesOf(api("apiGateway"), url, aws([], {})).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(NotTried);
    expect((error as Error).message).to.contain("it is refused");
  });
});
