import { expect } from "chai";
import { checkCoverage } from "../../../local/gateway/coverage/coverage";
import { Unenforceable } from "../../../local/base/unenforceable";
import { type Declared, graphOf, proxy, resource } from "./fixture";

const check = (declared: Declared): unknown => checkCoverage(graphOf(declared));
const withResource = (type: string, inputs: Record<string, unknown> = {}): Declared => ({
  more: [resource(type, "x", inputs)],
});
const withOperation = (fields: object, integration: object = {}): Declared => ({
  paths: { "/mymodel": { post: { "x-amazon-apigateway-integration": { ...proxy, ...integration }, ...fields } } },
});

describe("The coverage check", () => {
  it("lets a REST API start that the gateway enforces whole", () => {
    const declared: Declared = {
      api: {
        endpointConfiguration: { types: "REGIONAL" },
        endpointAccessMode: "STRICT",
        securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
        failOnWarnings: true,
        disableExecuteApiEndpoint: false,
        tags: { a: "b" },
        policy: undefined,
      },
      stage: {
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: "a", format: "b" },
        cacheClusterEnabled: false,
      },
      more: [
        resource("aws:apigateway/methodSettings:MethodSettings", "m", {
          restApi: "abcdefghij",
          stageName: "dev",
          methodPath: "*/*",
          settings: { throttlingRateLimit: 1, throttlingBurstLimit: 1, loggingLevel: "ERROR", cachingEnabled: false },
        }),
        resource("aws:s3/bucket:Bucket", "b", { anything: true }),
        resource("model-serving:infra:ApiGatewayModule", "apiGateway2", {}, { id: "" }),
        resource("aws:lambda/function:Function", "f", { anything: true }),
      ],
      ...withOperation({ summary: "s", "x-other-maker": 1 }, { cacheKeyParameters: [], connectionType: "INTERNET" }),
    };
    expect(check(declared)).to.deep.equal([]);
  });

  const stops: [what: string, declared: Declared, why: string][] = [
    ["an HTTP API without a document", withResource("aws:apigatewayv2/api:Api"), "has no body"],
    [
      "a WebSocket API",
      withResource("aws:apigatewayv2/api:Api", { protocolType: "WEBSOCKET" }),
      "WebSocket APIs are not",
    ],
    [
      "a route of an HTTP API beside its document",
      withResource("aws:apigatewayv2/route:Route"),
      "outside its OpenAPI document",
    ],
    ["a new kind of resource of HTTP APIs", withResource("aws:apigatewayv2/gate:Gate"), "aws:apigatewayv2/gate:Gate"],
    ["a new kind of resource of API Gateway", withResource("aws:apigateway/gatekeeper:Gatekeeper"), "gatekeeper"],
    ["a new kind of resource of Cognito", withResource("aws:cognito/trigger:Trigger"), "aws:cognito/trigger:Trigger"],
    ["a function URL", withResource("aws:lambda/functionUrl:FunctionUrl"), "endpoint of its own"],
    [
      "an authorizer beside the document",
      withResource("aws:apigateway/authorizer:Authorizer"),
      "outside its OpenAPI document",
    ],
    [
      "a gateway response beside the document",
      withResource("aws:apigateway/response:Response"),
      "outside its OpenAPI document",
    ],
    ["a resource policy", withResource("aws:apigateway/restApiPolicy:RestApiPolicy"), "resource policy"],
    ["a VPC link", withResource("aws:apigateway/vpcLink:VpcLink"), "network"],
    [
      "a component package whose children are not seen",
      withResource("aws-apigateway:index:RestAPI"),
      "another provider",
    ],
    ["the native provider", withResource("aws-native:cognito:UserPool"), "another provider"],
    [
      "a user pool whose tokens a function changes",
      withResource("aws:cognito/userPool:UserPool", { name: "p", lambdaConfig: { preTokenGeneration: "arn" } }),
      "lambdaConfig",
    ],
    [
      "a weighted alias",
      withResource("aws:lambda/alias:Alias", { routingConfig: { additionalVersionWeights: { "2": 0.1 } } }),
      "routingConfig",
    ],
    [
      "an unknown property of a permission",
      withResource("aws:lambda/permission:Permission", { newCondition: "x" }),
      "newCondition",
    ],
    [
      "a plan's key of another type",
      withResource("aws:apigateway/usagePlanKey:UsagePlanKey", { keyType: "JWT" }),
      "keyType",
    ],
    [
      "a firewall that blocks by default",
      withResource("aws:wafv2/webAcl:WebAcl", { defaultAction: { block: {} } }),
      "allow by default",
    ],
    [
      "a firewall rule about addresses that nobody knows",
      withResource("aws:wafv2/webAcl:WebAcl", {
        defaultAction: { allow: {} },
        rules: [{ name: "ips", action: { block: {} }, statement: { ipSetReferenceStatement: { arn: "arn:x" } } }],
      }),
      "rule ips",
    ],
    [
      "a firewall rule of nothing",
      withResource("aws:wafv2/webAcl:WebAcl", { defaultAction: { allow: {} }, rules: [{}] }),
      "without a name",
    ],
    ["an own policy of the API", { api: { policy: "{}" } }, "policy is a resource policy"],
    ["a private API", { api: { endpointConfiguration: { types: "PRIVATE" } } }, "PRIVATE"],
    ["an unknown property of the API", { api: { onlyFrom: "10.0.0.0/8" } }, "onlyFrom"],
    ["an old TLS policy", { api: { securityPolicy: "TLS_1_0" } }, "TLS before 1.2"],
    ["compression", { api: { minimumCompressionSize: 0 } }, "compression"],
    ["a cache", { stage: { cacheClusterEnabled: true } }, "cacheClusterEnabled"],
    ["a canary", { stage: { canarySettings: { percentTraffic: 5 } } }, "canarySettings"],
    ["an unknown field of the document", { document: { webhooks: {} } }, "webhooks"],
    [
      "an unknown extension of the document",
      { document: { "x-amazon-apigateway-endpoint-configuration": {} } },
      "x-amazon-apigateway-endpoint-configuration",
    ],
    [
      "an endpoint configuration within the document",
      { document: { "x-amazon-apigateway-endpoint-configuration": {} } },
      "endpoint-configuration",
    ],
    [
      "a TLS policy in the document that the API's argument does not name",
      { document: { "x-amazon-apigateway-security-policy": "TLS_1_0" } },
      "x-amazon-apigateway-security-policy",
    ],
    ["an unknown part of the components", { document: { components: { callbacks: {} } } }, "callbacks"],
    ["an unknown field of a path", { paths: { "/a": { trace: {} } } }, "trace"],
    ["a path by reference", { paths: { "/a": { $ref: "#/x" } } }, "$ref"],
    [
      "an unknown extension of an operation",
      withOperation({ "x-amazon-apigateway-mtls": true }),
      "x-amazon-apigateway-mtls",
    ],
    ["an integration behind a VPC link", withOperation({}, { connectionType: "VPC_LINK" }), "VPC link"],
    ["an integration with a role", withOperation({}, { credentials: "arn:aws:iam::1:role/r" }), "credentials"],
    ["a streaming integration", withOperation({}, { responseTransferMode: "STREAM" }), "streams"],
    [
      "an unknown field of a validator",
      { document: { "x-amazon-apigateway-request-validators": { v: { validateScope: true } } } },
      "validateScope",
    ],
    ["a body that is not JSON", { api: { body: "{" } }, "not JSON"],
    ["no body", { api: { body: undefined } }, "no body"],
    ["OpenAPI 2", { document: { openapi: undefined, swagger: "2.0" } }, "OpenAPI 3.0"],
  ];
  for (const [what, declared, why] of stops)
    it(`stops the start at ${what}`, () => expect(() => check(declared)).to.throw(Unenforceable, why));

  it("names the resource in one line", () => {
    try {
      check(withResource("aws:lambda/functionUrl:FunctionUrl"));
      expect.fail("started");
    } catch (problem) {
      expect((problem as Unenforceable).message).to.match(/^urn:pulumi:[^\n]*FunctionUrl::x: [^\n]+$/);
    }
  });

  it("names the firewall's filters that are not enforced here", () => {
    const statement = (name: string): object => ({ [name]: {} });
    const rules = [
      { name: "common", statement: statement("managedRuleGroupStatement") },
      { name: "rate", action: { block: {} }, statement: { rateBasedStatement: { limit: 100 } } },
    ];
    const acl = withResource("aws:wafv2/webAcl:WebAcl", { defaultAction: { allow: {} }, rules });
    const urn = acl.more![0]!.urn;
    expect(check(acl)).to.deep.equal([{ resource: `${urn}: rule common`, why: "AWS's managed rules are not public" }]);
  });
});
