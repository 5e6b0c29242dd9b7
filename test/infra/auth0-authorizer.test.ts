import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { printable } from "../../graph/print";
import { account } from "../../graph/types/resource-type";
import { only } from "./only";

const alone = (set: Record<string, unknown> = {}, stack = "dev") =>
  evaluate({
    stack,
    set: { apiGateway: false, httpApi: false, secrets: false, sagemaker: false, auth0Authorizer: true, ...set },
  });

describe("Infrastructure: the module auth0Authorizer", () => {
  let graph: Graph;
  before(async () => {
    graph = await alone();
  });

  it("makes an API in the tenant of the settings, whose tokens are RS256, live an hour and are for machines alone", () => {
    expect(only(graph, "pulumi:providers:auth0").inputs).to.deep.equal({ domain: "auth0.example.com" });
    expect(only(graph, "auth0:index/resourceServer:ResourceServer").inputs).to.deep.equal({
      name: "model-serving-dev",
      identifier: "https://predict.example.com",
      signingAlg: "RS256",
      tokenLifetime: 3600,
      tokenLifetimeForWeb: 3600,
      allowOfflineAccess: false,
      skipConsentForVerifiableFirstPartyClients: false,
      enforcePolicies: true,
      tokenDialect: "access_token",
      subjectTypeAuthorization: { client: { policy: "require_client_grant" }, user: { policy: "deny_all" } },
    });
    expect(only(graph, "auth0:index/resourceServerScopes:ResourceServerScopes").inputs).to.deep.equal({
      resourceServerIdentifier: "https://predict.example.com",
      scopes: [{ name: "predict", description: "Call the model" }],
    });
  });

  it("makes a client that can do client credentials, with the one scope, and nothing else", () => {
    const client = only(graph, "auth0:index/client:Client");
    expect(client.inputs).to.deep.equal({
      name: "model-serving-dev-client",
      description: "Calls model-serving-dev",
      appType: "non_interactive",
      grantTypes: ["client_credentials"],
      isFirstParty: true,
      oidcConformant: true,
      crossOriginAuth: false,
      jwtConfiguration: { alg: "RS256", lifetimeInSeconds: 3600, secretEncoded: false },
    });
    const grant = only(graph, "auth0:index/clientGrant:ClientGrant");
    expect(grant.inputs).to.deep.equal({
      clientId: client.outputs.clientId,
      audience: "https://predict.example.com",
      scopes: ["predict"],
      subjectType: "client",
    });
    const scopes = only(graph, "auth0:index/resourceServerScopes:ResourceServerScopes");
    expect(grant.dependencies, "a grant of a scope that is not there yet is refused").to.include(scopes.urn);
  });

  it("keeps the client's secret a secret, and out of every other resource and output", async () => {
    const credentials = only(graph, "auth0:index/clientCredentials:ClientCredentials");
    const secret = String(credentials.outputs.clientSecret);
    expect(secret).to.have.lengthOf.above(31);
    expect(credentials.secrets).to.include("outputs.clientSecret");
    expect(JSON.stringify(printable(graph))).not.to.include(secret);
    expect(JSON.stringify(graph.outputs)).not.to.include(secret);
    const others = graph.resources.filter(({ urn }) => urn !== credentials.urn);
    expect(JSON.stringify(others)).not.to.include(secret);
  });

  it("reads no management credential from the settings", async () => {
    for (const inputs of ofType(graph, "pulumi:providers:auth0").map((provider) => provider.inputs)) {
      expect(Object.keys(inputs)).to.deep.equal(["domain"]);
    }
    for (const setting of ["auth0ClientSecret", "auth0ApiToken"]) {
      const refused = await alone({ [setting]: "x" }).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(refused).to.include(`${setting}: is not a setting`);
    }
  });

  it("puts every route of a REST API under the Lambda authorizer, and opens /predict", () => {
    const document = JSON.parse(String(only(graph, "aws:apigateway/restApi:RestApi").inputs.body)) as {
      paths: Record<string, Record<string, { security: object[] }>>;
      components: { securitySchemes: object };
    };
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations).to.have.lengthOf(15);
    for (const { security } of operations) expect(security).to.deep.equal([{ lambda: [] }]);
    expect(Object.keys(document.paths)).to.include.members(["/predict", "/v2/models/{model}/infer"]);
    expect(document.components.securitySchemes).to.deep.equal({
      lambda: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
          type: "token",
          identityValidationExpression:
            "^[Bb]earer [A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,1024}$",
          authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-auth0-authorizer:live/invocations`,
          authorizerResultTtlInSeconds: 60,
        },
      },
    });
  });

  it("tells the authorizer exactly whose tokens to take: the issuer ends in a slash", () => {
    expect(only(graph, "aws:lambda/function:Function", /authorizer/).inputs.environment).to.deep.equal({
      variables: { TOKEN_ISSUER: "https://auth0.example.com/", TOKEN_AUDIENCE: "https://predict.example.com" },
    });
  });

  it("gives clients what they need", () => {
    const api = only(graph, "aws:apigateway/restApi:RestApi");
    expect(graph.outputs).to.deep.equal({
      apiUrl: `https://${api.id}.execute-api.us-east-1.amazonaws.com/dev/predict`,
      auth0Issuer: "https://auth0.example.com/",
      auth0Audience: "https://predict.example.com",
      dashboard: "model-serving-dev",
      auth0ClientId: only(graph, "auth0:index/client:Client").outputs.clientId,
    });
  });

  it("reserves executions of each authorizer only where the settings say so", async () => {
    const reserved = async (set: Record<string, unknown>) =>
      ofType(
        await evaluate({ stack: "dev", set: { auth0Authorizer: true, apiGatewayAuth: "lambda", ...set } }),
        "aws:lambda/function:Function",
      )
        .filter(({ name }) => name.includes("authorizer"))
        .map(({ inputs }) => inputs.reservedConcurrentExecutions);
    expect(await reserved({})).to.deep.equal([undefined, undefined]);
    expect(await reserved({ authorizerConcurrency: 7 })).to.deep.equal([7, 7]);
  });

  it("stands beside a REST API that takes tokens of another issuer, each with an authorizer of its own", async () => {
    const both = await alone({ apiGateway: true, apiGatewayAuth: "lambda" });
    const authorizers = ofType(both, "aws:lambda/function:Function").filter(({ name }) => name.includes("authorizer"));
    const byName = Object.fromEntries(
      authorizers.map(({ inputs }) => [
        inputs.name,
        (inputs.environment as { variables: Record<string, string> }).variables.TOKEN_ISSUER,
      ]),
    );
    expect(byName).to.deep.equal({
      "model-serving-dev-authorizer": "https://issuer.example.com/",
      "model-serving-dev-auth0-authorizer": "https://auth0.example.com/",
    });
    expect(ofType(both, "aws:apigateway/account:Account")).to.have.lengthOf(1);
  });

  it("owns the account's log role where there is no other REST API", () => {
    expect(ofType(graph, "aws:apigateway/account:Account")).to.have.lengthOf(1);
    const stage = only(graph, "aws:apigateway/stage:Stage");
    expect(stage.dependencies).to.include(only(graph, "aws:apigateway/account:Account").urn);
  });
});
