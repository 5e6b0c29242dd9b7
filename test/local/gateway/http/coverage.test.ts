import { expect } from "chai";
import { checkCoverage } from "../../../../local/gateway/coverage/coverage";
import { Unenforceable } from "../../../../local/base/unenforceable";
import { resource } from "../fixture";
import type { Declared } from "../fixture";
import { httpFixture, httpGraph, route } from "./fixture";

const domain = (configuration: object = {}, more: object = {}) =>
  resource("aws:apigatewayv2/domainName:DomainName", "domain", {
    domainName: "models.example.com",
    domainNameConfiguration: {
      certificateArn: "a",
      endpointType: "REGIONAL",
      securityPolicy: "TLS_1_2",
      ...configuration,
    },
    ...more,
  });

describe("The coverage check of HTTP APIs", () => {
  it("lets one start that the gateway enforces whole", () => {
    const declared: Declared = {
      api: { failOnWarnings: true, version: "1", description: "d", disableExecuteApiEndpoint: true, tags: { a: "b" } },
      stage: {
        defaultRouteSettings: { throttlingRateLimit: 1, throttlingBurstLimit: 1, detailedMetricsEnabled: true },
        accessLogSettings: { destinationArn: "a", format: "b" },
      },
      more: [
        domain({}, { mutualTlsAuthentication: { truststoreUri: "s3://b/t.pem", truststoreVersion: "1" } }),
        resource("aws:apigatewayv2/apiMapping:ApiMapping", "m", {
          apiId: "httpapi123",
          domainName: "models.example.com",
          stage: "dev",
        }),
      ],
      document: { components: { schemas: {} }, tags: [], "x-other-maker": 1 },
    };
    expect(checkCoverage(httpGraph(declared))).to.deep.equal([]);
  });

  const integration = (fields: object): Declared => ({ paths: { "/models": { post: route({}, fields) } } });
  const operation = (fields: object): Declared => ({ paths: { "/models": { post: route(fields) } } });
  const stops: [what: string, declared: Declared, why: string][] = [
    ["a new property of the API", { api: { newProtection: true } }, "newProtection"],
    ["a WebSocket API", { api: { protocolType: "WEBSOCKET" } }, "protocolType"],
    ["a route made beside the document", { api: { routeKey: "$default" } }, "routeKey"],
    ["a target made beside the document", { api: { target: "arn" } }, "target"],
    ["a new property of the stage", { stage: { newProtection: true } }, "newProtection"],
    ["a new route setting", { stage: { defaultRouteSettings: { newThrottle: 1 } } }, "newThrottle"],
    ["a new route setting of one route", { stage: { routeSettings: [{ newThrottle: 1 }] } }, "newThrottle"],
    ["a new field of the document", { document: { "x-amazon-apigateway-new": 1 } }, "x-amazon-apigateway-new"],
    ["a policy in the document", { document: { "x-amazon-apigateway-policy": {} } }, "x-amazon-apigateway-policy"],
    ["a new field of a route", operation({ "x-amazon-apigateway-new": 1 }), "x-amazon-apigateway-new"],
    ["a request validator, which HTTP APIs ignore", operation({ "x-amazon-apigateway-request-validator": "a" }), "request-validator"], // oxfmt-ignore
    ["a component of another kind", { document: { components: { "x-amazon-apigateway-integrations": {} } } }, "x-amazon-apigateway-integrations"], // oxfmt-ignore
    ["an HTTP integration", integration({ type: "http_proxy" }), "type"],
    ["a payload version that does not exist", integration({ payloadFormatVersion: "3.0" }), "payloadFormatVersion"],
    ["no payload version", integration({ payloadFormatVersion: undefined }), "payloadFormatVersion"],
    ["a VPC link", integration({ connectionType: "VPC_LINK" }), "connectionType"],
    ["a role to invoke with", integration({ credentials: "arn" }), "credentials"],
    ["rewritten parameters", integration({ requestParameters: { a: "b" } }), "requestParameters"],
    ["TLS of the integration", integration({ tlsConfig: {} }), "tlsConfig"],
    ["a new endpoint setting", { document: { servers: [{ url: "/", "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: ["a"] } }] } }, "vpcEndpointIds"], // oxfmt-ignore
    ["an authorizer beside the document", { more: [resource("aws:apigatewayv2/authorizer:Authorizer", "x", {})] }, "outside its OpenAPI document"], // oxfmt-ignore
    ["a VPC link as a resource", { more: [resource("aws:apigatewayv2/vpcLink:VpcLink", "x", {})] }, "vpcLink"],
    ["a routing rule of a domain", { more: [resource("aws:apigatewayv2/routingRule:RoutingRule", "x", {})] }, "routingRule"], // oxfmt-ignore
    ["a domain that speaks TLS 1.0", { more: [domain({ securityPolicy: "TLS_1_0" })] }, "TLS before 1.2"],
    ["a domain without a policy", { more: [domain({ securityPolicy: undefined })] }, "securityPolicy"],
    ["a new domain setting", { more: [domain({ newProtection: 1 })] }, "newProtection"],
    ["a domain with routing rules", { more: [domain({}, { routingMode: "ROUTING_RULE_ONLY" })] }, "routingMode"],
  ];
  for (const [what, declared, why] of stops)
    it(`stops the start at ${what}`, () => {
      expect(() => checkCoverage(httpGraph(declared))).to.throw(Unenforceable, why);
    });

  const unserved: [what: string, declared: Declared, why: string][] = [
    ["no integration", { paths: { "/models": { post: { security: [] } } } }, "payloadFormatVersion"],
    ["an integration that names no function", integration({ uri: "https://example.com" }), "names no Lambda function"],
    ["another method of invocation", integration({ httpMethod: "GET" }), "another method than POST"],
    ["a stage that serves no deployment", { stage: { autoDeploy: false } }, "serves no deployment"],
    ["a stage of another API", { stage: { apiId: "other" } }, "has 0 stages"],
    ["a path that is no template", { paths: { "/a{b}": { post: route() } } }, "is not a path"],
    ["two routes at one place", { paths: { "/{a}": { post: route() }, "/{b}": { post: route() } } }, "different names"],
    ["a default route that is none", { paths: { "/models": { post: route({ isDefaultRoute: true }) } } }, "default route"], // oxfmt-ignore
  ];
  for (const [what, declared, why] of unserved)
    it(`serves nothing with ${what}`, () => {
      expect(() => httpFixture(declared)).to.throw(Unenforceable, why);
    });

  it("serves a stage with a deployment of its API", () => {
    const more = [resource("aws:apigatewayv2/deployment:Deployment", "dep123", { apiId: "httpapi123" })];
    expect(() => httpFixture({ stage: { autoDeploy: false, deploymentId: "dep123" }, more })).not.to.throw();
    const other = [resource("aws:apigatewayv2/deployment:Deployment", "dep123", { apiId: "other" })];
    expect(() => httpFixture({ stage: { autoDeploy: false, deploymentId: "dep123" }, more: other })).to.throw(
      "serves no deployment",
    );
  });
});
