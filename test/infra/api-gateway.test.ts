import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";

const only = (graph: Graph, type: string, name?: RegExp): Resource => {
  const found = ofType(graph, type).filter((resource) => name === undefined || name.test(resource.name));
  expect(found, type).to.have.lengthOf(1);
  return found[0]!;
};
const json = (value: unknown) => JSON.parse(String(value)) as never;
const api = (graph: Graph) => only(graph, "aws:apigateway/restApi:RestApi");
const document = (graph: Graph) => json(api(graph).inputs.body) as Record<string, unknown>;

function lambdaVariables(graph: Graph): Record<string, string> {
  const { environment } = only(graph, "aws:lambda/function:Function", /model/).inputs;
  return (environment as { variables: Record<string, string> }).variables;
}

interface Operation {
  readonly security: object[];
  readonly "x-amazon-apigateway-auth"?: object;
  readonly "x-amazon-apigateway-integration": Record<string, unknown>;
}

function operations(graph: Graph): [route: string, operation: Operation][] {
  const paths = document(graph).paths as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
}

const dev = (set: Record<string, unknown> = {}) =>
  evaluate({ stack: "dev", set: { auth0Authorizer: false, httpApi: false, ...set } });

describe("Infrastructure: the REST API", () => {
  const invocation = (name: string) =>
    `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-${name}:live/invocations`;

  it("ships the issuer's authorities beside the authorizer's code, and no file without them", async () => {
    const shipped = async (set: object) => {
      const graph = await dev({ apiGatewayAuth: "lambda", ...set });
      const { inputs } = only(graph, "aws:s3/bucketObjectv2:BucketObjectv2", /authorizer-code/);
      const files = (inputs.source as { archive: { files: Record<string, { asset: { text: string } }> } }).archive
        .files;
      const { environment } = only(graph, "aws:lambda/function:Function", /authorizer/).inputs;
      return { files, variables: (environment as { variables: Record<string, string> }).variables };
    };
    const plain = await shipped({});
    expect(Object.keys(plain.files)).to.deep.equal(["authorizer.js"]);
    expect(plain.variables).to.deep.equal({
      TOKEN_ISSUER: "https://issuer.example.com/",
      TOKEN_AUDIENCE: "https://model.example.com",
    });
    const own = await shipped({ oidcAuthorities: "graph/example-truststore.pem" });
    expect(own.files["issuer-authorities.pem"]!.asset.text).to.equal(
      readFileSync(join(projectRoot, "graph/example-truststore.pem"), "utf8"),
    );
    expect(own.variables).to.deep.equal({ ...plain.variables, TOKEN_ISSUER_AUTHORITIES: "issuer-authorities.pem" });
  });

  it("has the plain route and every route of the Open Inference Protocol V2 and of TensorFlow Serving", async () => {
    expect(operations(await dev()).map(([route]) => route)).to.deep.equal([
      "post /mymodel",
      "get /v2",
      "get /v2/health/live",
      "get /v2/health/ready",
      "post /v2/repository/index",
      "get /v2/models/{model}",
      "get /v2/models/{model}/ready",
      "post /v2/models/{model}/infer",
      "get /v2/models/{model}/versions/{version}",
      "get /v2/models/{model}/versions/{version}/ready",
      "post /v2/models/{model}/versions/{version}/infer",
      "get /v1/models/{model}",
      "post /v1/models/{model}",
      "get /v1/models/{model}/versions/{version}",
      "post /v1/models/{model}/versions/{version}",
    ]);
  });

  const protections: [set: Record<string, unknown>, security: object[], schemes: (graph: Graph) => object][] = [
    [
      { apiGatewayAuth: "apiKey" },
      [{ api_key: [] }],
      () => ({ api_key: { type: "apiKey", name: "x-api-key", in: "header" } }),
    ],
    [
      { apiGatewayAuth: "iam" },
      [{ iam: [] }],
      () => ({
        iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
      }),
    ],
    [
      { apiGatewayAuth: "iam", apiGatewayKeyRequired: true },
      [{ iam: [] }, { api_key: [] }],
      () => ({
        api_key: { type: "apiKey", name: "x-api-key", in: "header" },
        iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
      }),
    ],
    [
      { apiGatewayAuth: "cognito" },
      [{ cognito: ["model-serving-dev/predict"] }],
      (graph) => ({
        cognito: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "cognito_user_pools",
          "x-amazon-apigateway-authorizer": {
            type: "cognito_user_pools",
            providerARNs: [only(graph, "aws:cognito/userPool:UserPool").outputs.arn],
          },
        },
      }),
    ],
    [
      { apiGatewayAuth: "lambda" },
      [{ lambda: [] }],
      () => ({
        lambda: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "custom",
          "x-amazon-apigateway-authorizer": {
            type: "token",
            identityValidationExpression:
              "^[Bb]earer [A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,4096}\\.[A-Za-z0-9_-]{1,1024}$",
            authorizerUri: invocation("authorizer"),
            authorizerResultTtlInSeconds: 60,
          },
        },
      }),
    ],
  ];
  for (const [set, security, schemes] of protections) {
    it(`asks on every route for ${security.flatMap((entry) => Object.keys(entry)).join(" and ")} with ${JSON.stringify(set)}`, async () => {
      const graph = await dev(set);
      const itself = set.apiGatewayAuth === "iam" ? { type: "AWS_IAM" } : undefined;
      for (const [route, operation] of operations(graph)) {
        expect(operation.security, route).to.deep.equal(security);
        expect(operation["x-amazon-apigateway-auth"], route).to.deep.equal(itself);
      }
      const { securitySchemes } = document(graph).components as { securitySchemes: object };
      expect(securitySchemes).to.deep.equal(schemes(graph));
    });
  }

  it("invokes the function's alias, and lets nobody else but this API's stage do so", async () => {
    const graph = await dev();
    for (const [route, operation] of operations(graph)) {
      expect(operation["x-amazon-apigateway-integration"], route).to.deep.equal({
        type: "aws_proxy",
        httpMethod: "POST",
        uri: invocation("model"),
        timeoutInMillis: 29_000,
      });
    }
    expect(only(graph, "aws:lambda/permission:Permission").inputs).to.deep.equal({
      function: "model-serving-dev-model",
      qualifier: "live",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:us-east-1:${account}:${api(graph).id}/dev/*`,
    });
  });

  it("lets its authorizer be invoked for authorizing alone", async () => {
    const graph = await dev({ apiGatewayAuth: "lambda" });
    expect(only(graph, "aws:lambda/permission:Permission", /authorize/).inputs.sourceArn).to.equal(
      `arn:aws:execute-api:us-east-1:${account}:${api(graph).id}/authorizers/*`,
    );
  });

  it("is deployed anew when its document changes, and not otherwise", async () => {
    const trigger = async (set = {}) =>
      (only(await dev(set), "aws:apigateway/deployment:Deployment").inputs.triggers as { api: string }).api;
    const before = await trigger();
    expect(before).to.match(/^[0-9a-f]{64}$/);
    expect(await trigger()).to.equal(before);
    expect(await trigger({ modelMemory: 3008 })).to.equal(before);
    expect(await trigger({ apiGatewayAuth: "iam" })).not.to.equal(before);
    expect(await trigger({ corsOrigin: "https://app.example.com" })).not.to.equal(before);
  });

  it("speaks TLS 1.3 alone, to clients that name it", async () => {
    const { securityPolicy, endpointAccessMode, endpointConfiguration, failOnWarnings } = api(await dev()).inputs;
    expect({ securityPolicy, endpointAccessMode, endpointConfiguration, failOnWarnings }).to.deep.equal({
      securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
      endpointAccessMode: "STRICT",
      endpointConfiguration: { types: "REGIONAL" },
      failOnWarnings: true,
    });
  });

  it("logs, traces and throttles its stage, and never writes whole requests", async () => {
    const graph = await dev();
    const stage = only(graph, "aws:apigateway/stage:Stage").inputs;
    expect(stage.xrayTracingEnabled).to.equal(true);
    const { format } = stage.accessLogSettings as { format: string };
    expect(json(format)).to.include({ status: "$context.status", requestId: "$context.requestId" });
    expect(format).not.to.match(/header|authorization|querystring|userAgent|context\.path|apiKey"/i);
    expect(only(graph, "aws:apigateway/methodSettings:MethodSettings").inputs).to.deep.equal({
      restApi: api(graph).id,
      stageName: "dev",
      methodPath: "*/*",
      settings: {
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        metricsEnabled: true,
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
        cachingEnabled: false,
      },
    });
  });

  it("keeps every log a year under the stack's key, its execution log too", async () => {
    const graph = await dev({ apiGatewayAuth: "lambda" });
    const keyArn = only(graph, "aws:kms/key:Key").outputs.arn;
    const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map(({ inputs }) => inputs.name)).to.have.members([
      "/aws/lambda/model-serving-dev-model",
      "/aws/lambda/model-serving-dev-authorizer",
      "/aws/apigateway/model-serving-dev-apiGateway",
      `API-Gateway-Execution-Logs_${api(graph).id}/dev`,
    ]);
    for (const { inputs } of groups) expect(inputs).to.include({ retentionInDays: 365, kmsKeyId: keyArn });
  });

  it("joins its key to a plan with throttle and quota", async () => {
    const graph = await dev();
    const [key, plan] = [
      only(graph, "aws:apigateway/apiKey:ApiKey"),
      only(graph, "aws:apigateway/usagePlan:UsagePlan"),
    ];
    expect(plan.inputs).to.deep.equal({
      apiStages: [{ apiId: api(graph).id, stage: "dev" }],
      throttleSettings: { rateLimit: 10, burstLimit: 20 },
      quotaSettings: { limit: 10_000, period: "DAY" },
    });
    expect(only(graph, "aws:apigateway/usagePlanKey:UsagePlanKey").inputs).to.deep.equal({
      keyId: key.id,
      keyType: "API_KEY",
      usagePlanId: plan.id,
    });
  });

  it("has no key, and no plan, where the protection asks for none", async () => {
    const graph = await dev({ apiGatewayAuth: "iam" });
    expect(ofType(graph, "aws:apigateway/apiKey:ApiKey")).to.deep.equal([]);
  });

  it("gives IAM callers a policy for its routes and nothing else", async () => {
    const graph = await dev({ apiGatewayAuth: "iam" });
    const base = `arn:aws:execute-api:us-east-1:${account}:${api(graph).id}/dev`;
    expect(json(only(graph, "aws:iam/policy:Policy").inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: [
            `${base}/POST/mymodel`,
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
    expect(graph.outputs).to.have.property("apiGatewayInvokePolicyArn");
    // IAM deletes no policy that a role has: it stays when the protection changes.
    const cognito = await dev({ apiGatewayAuth: "cognito" });
    expect(only(cognito, "aws:iam/policy:Policy").urn).to.equal(only(graph, "aws:iam/policy:Policy").urn);
    expect(cognito.outputs).not.to.have.property("apiGatewayInvokePolicyArn");
  });

  it("lets Cognito issue the one scope to machines alone", async () => {
    const graph = await dev({ apiGatewayAuth: "cognito" });
    const client = only(graph, "aws:cognito/userPoolClient:UserPoolClient");
    expect(client.inputs).to.deep.equal({
      userPoolId: only(graph, "aws:cognito/userPool:UserPool").id,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: ["model-serving-dev/predict"],
      supportedIdentityProviders: ["COGNITO"],
      accessTokenValidity: 60,
      tokenValidityUnits: { accessToken: "minutes" },
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
    });
    expect(client.secrets).to.deep.equal(["outputs.clientSecret"]);
  });

  it("answers errors in both protocols' words, names the scheme on 401, and sends CORS headers only where an origin is set", async () => {
    const responses = async (set = {}) => document(await dev(set))["x-amazon-apigateway-gateway-responses"] as never;
    const responseTemplates = {
      "application/json": '{"error":$context.error.messageString,"message":$context.error.messageString}',
    };
    const realm = { "gatewayresponse.header.WWW-Authenticate": `'Bearer realm="model-serving-dev-apiGateway"'` };
    expect(await responses()).to.deep.equal({
      DEFAULT_4XX: { responseTemplates, responseParameters: {} },
      DEFAULT_5XX: { responseTemplates, responseParameters: {} },
      UNAUTHORIZED: { responseTemplates, statusCode: 401, responseParameters: realm },
    });
    const cors = {
      "gatewayresponse.header.Access-Control-Allow-Origin": "'https://app.example.com'",
      "gatewayresponse.header.Access-Control-Expose-Headers":
        "'Inference-Header-Content-Length,Model-Version,Retry-After,Transform-Version,x-amzn-RequestId'",
      "gatewayresponse.header.Vary": "'Origin'",
    };
    expect(await responses({ corsOrigin: "https://app.example.com" })).to.deep.equal({
      DEFAULT_4XX: { responseTemplates, responseParameters: cors },
      DEFAULT_5XX: { responseTemplates, responseParameters: cors },
      UNAUTHORIZED: { responseTemplates, statusCode: 401, responseParameters: { ...cors, ...realm } },
    });
  });

  it("answers preflights by itself on each path, as text, and asks nobody's credential for them", async () => {
    const graph = await dev({ corsOrigin: "https://app.example.com" });
    const preflights = operations(graph).filter(([route]) => route.startsWith("options"));
    expect(preflights).to.have.lengthOf(13);
    for (const [route, operation] of preflights) {
      expect(operation.security, route).to.deep.equal([]);
      expect(operation["x-amazon-apigateway-integration"]).to.include({
        type: "mock",
        contentHandling: "CONVERT_TO_TEXT",
      });
    }
  });

  it("answers a preflight of several origins by constants alone, in a template of one line", async () => {
    const graph = await dev({ corsOrigin: "https://a.example.com,https://b.example.com" });
    const [, { "x-amazon-apigateway-integration": integration, ...operation }] = operations(graph).find(
      ([route]) => route === "options /mymodel",
    )!;
    expect((integration.responses as { default: object }).default).to.deep.equal({
      statusCode: "204",
      contentHandling: "CONVERT_TO_TEXT",
      responseParameters: {
        "method.response.header.Access-Control-Expose-Headers":
          "'Inference-Header-Content-Length,Model-Version,Retry-After,Transform-Version,x-amzn-RequestId'",
        "method.response.header.Vary": "'Origin'",
        "method.response.header.Access-Control-Allow-Methods": "'POST,OPTIONS'",
        "method.response.header.Access-Control-Allow-Headers":
          "'Authorization,Content-Type,Content-Encoding,Inference-Header-Content-Length,X-Api-Key,X-Amz-Date,X-Amz-Security-Token'",
        "method.response.header.Access-Control-Max-Age": "'7200'",
      },
      responseTemplates: {
        "application/json":
          '#set($origin=$input.params("Origin"))#if($origin=="")#set($origin=$input.params("origin"))#end' +
          '#if($origin=="https://a.example.com")#set($context.responseOverride.header.Access-Control-Allow-Origin="https://a.example.com")' +
          '#elseif($origin=="https://b.example.com")#set($context.responseOverride.header.Access-Control-Allow-Origin="https://b.example.com")#end',
      },
    });
    expect(operation).to.have.nested.property("responses.204.headers.Access-Control-Allow-Origin");
    expect(lambdaVariables(graph).CORS_ORIGIN).to.equal("https://a.example.com,https://b.example.com");
  });

  it("owns the account's log role only where told, and keeps it for other stacks", async () => {
    expect(ofType(await dev({ manageApiGatewayAccount: false }), "aws:apigateway/account:Account")).to.deep.equal([]);
    expect(ofType(await dev(), "aws:apigateway/account:Account")).to.have.lengthOf(1);
  });
});
