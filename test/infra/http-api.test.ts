import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";
import { corsConfiguration, httpAccessLogFormat } from "../../infra/api/documents/http-api-document";
import { only } from "./only";

const alone = (set: Record<string, unknown> = {}) =>
  evaluate({
    stack: "dev",
    set: { apiGateway: false, auth0Authorizer: false, secrets: false, sagemaker: false, httpApi: true, ...set },
  });
const api = (graph: Graph) => only(graph, "aws:apigatewayv2/api:Api");
interface Document {
  readonly paths: Record<string, Record<string, { security: object[] }>>;
  readonly components: { securitySchemes: Record<string, Record<string, unknown>> };
}
const document = (graph: Graph) => JSON.parse(String(api(graph).inputs.body)) as Document;
const securities = (graph: Graph) =>
  Object.values(document(graph).paths).flatMap((methods) => Object.values(methods).map(({ security }) => security));
const authorizer = (graph: Graph) => document(graph).components.securitySchemes.jwt?.["x-amazon-apigateway-authorizer"];

describe("Infrastructure: the module httpApi", () => {
  it("makes one API from the document, with arguments that agree with it, and no route beside it", async () => {
    const graph = await alone();
    const { body, ...rest } = api(graph).inputs;
    expect(rest).to.deep.equal({
      name: "model-serving-dev-httpApi",
      description: "model-serving-dev-httpApi: inference",
      version: "1",
      protocolType: "HTTP",
      failOnWarnings: true,
      disableExecuteApiEndpoint: false,
    });
    expect((JSON.parse(String(body)) as { info: object }).info).to.deep.equal({
      title: "model-serving-dev-httpApi",
      version: "1",
    });
    expect(api(graph).propertyDependencies.body ?? [], "known in a preview").to.deep.equal([]);
    for (const type of ["route:Route", "integration:Integration", "authorizer:Authorizer"]) {
      expect(ofType(graph, `aws:apigatewayv2/${type}`)).to.deep.equal([]);
    }
  });

  it("serves one deployed state, logs without credentials, and throttles", async () => {
    const graph = await alone({ apiRateLimit: 7, apiBurstLimit: 9 });
    expect(only(graph, "aws:apigatewayv2/stage:Stage").inputs).to.deep.equal({
      apiId: api(graph).id,
      name: "dev",
      deploymentId: only(graph, "aws:apigatewayv2/deployment:Deployment").id,
      accessLogSettings: {
        destinationArn: `arn:aws:logs:us-east-1:${account}:log-group:/aws/vendedlogs/apigateway/model-serving-dev-httpApi`,
        format: httpAccessLogFormat,
      },
      defaultRouteSettings: { throttlingRateLimit: 7, throttlingBurstLimit: 9, detailedMetricsEnabled: true },
    });
    const log = only(graph, "aws:cloudwatch/logGroup:LogGroup", /httpApi/);
    expect(log.inputs).to.deep.equal({
      name: "/aws/vendedlogs/apigateway/model-serving-dev-httpApi",
      retentionInDays: 365,
      kmsKeyId: only(graph, "aws:kms/key:Key").outputs.arn,
    });
  });

  it("lets this API and stage invoke the function's alias, and nothing else", async () => {
    const graph = await alone();
    expect(only(graph, "aws:lambda/permission:Permission").inputs).to.deep.equal({
      function: "model-serving-dev-model",
      qualifier: "live",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:us-east-1:${account}:${api(graph).id}/dev/*`,
    });
  });

  const auth0 = { issuer: "https://auth0.example.com/", audience: ["https://predict.example.com"] };
  const other = { issuer: "https://issuer.example.com/", audience: ["https://model.example.com"] };
  const protections: [set: Record<string, unknown>, requirement: object[], jwt: object | undefined][] = [
    [{}, [{ iam: [] }], undefined],
    [{ auth0Authorizer: true }, [{ jwt: ["predict"] }], auth0],
    [{ httpApiAuth: "iam", auth0Authorizer: true }, [{ iam: [] }], undefined],
    [{ httpApiAuth: "jwt" }, [{ jwt: ["predict"] }], other],
    [{ httpApiAuth: "jwt", auth0Authorizer: true }, [{ jwt: ["predict"] }], auth0],
    [{ httpApiAuth: "openToAnyone" }, [], undefined],
    [{ httpApiAuth: "openToAnyone", auth0Authorizer: true }, [], undefined],
  ];
  for (const [set, requirement, jwt] of protections) {
    it(`asks on every route for ${JSON.stringify(requirement)} under ${JSON.stringify(set)}`, async () => {
      const graph = await alone(set);
      expect(securities(graph)).to.deep.equal(Array.from({ length: 15 }, () => requirement));
      expect((authorizer(graph) as { jwtConfiguration?: object } | undefined)?.jwtConfiguration).to.deep.equal(jwt);
    });
  }

  it("takes no other word for open", async () => {
    for (const word of ["none", "open", "", "OpenToAnyone", "false"]) {
      const refused = await alone({ httpApiAuth: word }).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(refused, word).to.match(/httpApiAuth: is not one of auto, iam, jwt, openToAnyone/);
    }
  });

  it("has a policy for callers under IAM that allows its routes alone, and keeps it when the protection changes", async () => {
    const graph = await alone();
    const base = `arn:aws:execute-api:us-east-1:${account}:${api(graph).id}/dev`;
    const policy = only(graph, "aws:iam/policy:Policy");
    expect(JSON.parse(String(policy.inputs.policy))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: [
            `${base}/POST/models`,
            `${base}/GET/v2`,
            `${base}/GET/v2/health/live`,
            `${base}/GET/v2/health/ready`,
            `${base}/POST/v2/repository/index`,
            `${base}/GET/v2/models/*`,
            `${base}/GET/v2/models/*/ready`,
            `${base}/POST/v2/models/*/infer`,
            `${base}/GET/v2/models/*/versions/*`,
            `${base}/GET/v2/models/*/versions/*/ready`,
            `${base}/POST/v2/models/*/versions/*/infer`,
            `${base}/GET/v1/models/*`,
            `${base}/POST/v1/models/*`,
            `${base}/GET/v1/models/*/versions/*`,
            `${base}/POST/v1/models/*/versions/*`,
          ],
        },
      ],
    });
    expect(graph.outputs.httpApiInvokePolicyArn).to.equal(policy.outputs.arn);
    const token = await alone({ auth0Authorizer: true });
    expect(only(token, "aws:iam/policy:Policy").urn).to.equal(policy.urn);
    expect(token.outputs).not.to.have.property("httpApiInvokePolicyArn");
  });

  it("gives the provider the same CORS as the document: what stands in the document alone, it deletes", async () => {
    const graph = await alone({ corsOrigin: "https://app.example.com" });
    const cors = corsConfiguration("https://app.example.com")!;
    expect(api(graph).inputs.corsConfiguration).to.deep.equal(cors);
    expect((document(graph) as unknown as Record<string, unknown>)["x-amazon-apigateway-cors"]).to.deep.equal(cors);
  });

  it("is deployed again when its document changes, and not otherwise", async () => {
    const trigger = async (set?: Record<string, unknown>) =>
      (only(await alone(set), "aws:apigatewayv2/deployment:Deployment").inputs.triggers as { api: string }).api;
    const before = await trigger();
    expect(await trigger()).to.equal(before);
    expect(await trigger({ apiRateLimit: 3 })).to.equal(before);
    expect(await trigger({ httpApiAuth: "openToAnyone" })).not.to.equal(before);
    expect(await trigger({ corsOrigin: "*" })).not.to.equal(before);
    expect(await trigger({ httpApiDomain: "models.example.com" })).not.to.equal(before);
  });

  it("names its address and protection", async () => {
    const graph = await alone({ auth0Authorizer: true, httpApiAuth: "auto" });
    expect(graph.outputs.apiGatewayUrl).to.equal(
      `https://${api(graph).id}.execute-api.us-east-1.amazonaws.com/dev/models`,
    );
    expect(graph.outputs.httpApiAuth).to.equal("jwt");
  });
});
