// Coverage rules for the resources of HTTP APIs and their custom domains.

import { isEmpty, must, type PropertyRule, type ResourceRule } from "../request/coverage-rules";
import { securityPolicyProblem } from "../request/stage";

const besideDocument = {
  unsupported: "defines a part of an HTTP API outside its OpenAPI document, which alone is served",
};

const routeSettings: PropertyRule = (value) => {
  const known = new Set([
    "dataTraceEnabled",
    "detailedMetricsEnabled",
    "loggingLevel",
    "routeKey",
    "throttlingBurstLimit",
    "throttlingRateLimit",
  ]);
  const settings = (Array.isArray(value) ? value : [value]) as object[];
  const unknown = settings.flatMap((one) => Object.keys(one)).find((name) => !known.has(name));
  return unknown === undefined ? undefined : `has a field that the local gateway does not know: ${unknown}`;
};

const domainConfiguration: PropertyRule = (value) => {
  const known = new Set([
    "certificateArn",
    "endpointType",
    "hostedZoneId",
    "ipAddressType",
    "ownershipVerificationCertificateArn",
    "securityPolicy",
    "targetDomainName",
  ]);
  const unknown = Object.keys(value as object).find((name) => !known.has(name));
  if (unknown !== undefined) return `has a field that the local gateway does not know: ${unknown}`;
  const why = securityPolicyProblem((value as { securityPolicy?: unknown }).securityPolicy);
  return why === undefined ? undefined : `securityPolicy ${why}`;
};

const quickCreate: PropertyRule = (value) =>
  isEmpty(value) ? undefined : "makes a route outside the OpenAPI document, which alone is served";

export const httpResources: Readonly<Record<string, ResourceRule>> = {
  "aws:apigatewayv2/api:Api": {
    properties: {
      apiKeySelectionExpression: "irrelevant",
      body: "enforced",
      corsConfiguration: "enforced",
      credentialsArn: quickCreate,
      disableExecuteApiEndpoint: "enforced",
      failOnWarnings: "irrelevant",
      ipAddressType: "irrelevant",
      protocolType: must(["HTTP"], "is another than HTTP: WebSocket APIs are not served locally"),
      routeKey: quickCreate,
      routeSelectionExpression: must(
        ["$request.method $request.path", "${request.method} ${request.path}"],
        "chooses routes in a way that is not done locally",
      ),
      target: quickCreate,
      version: "irrelevant",
    },
  },
  "aws:apigatewayv2/stage:Stage": {
    properties: {
      accessLogSettings: "enforced",
      apiId: "enforced",
      autoDeploy: "enforced",
      // Applies to WebSocket APIs only.
      clientCertificateId: (value) => (isEmpty(value) ? undefined : "is set, and is not enforced locally"),
      defaultRouteSettings: routeSettings,
      deploymentId: "enforced",
      routeSettings,
      stageVariables: "enforced",
    },
  },
  "aws:apigatewayv2/deployment:Deployment": { properties: { apiId: "enforced", triggers: "irrelevant" } },
  "aws:apigatewayv2/domainName:DomainName": {
    properties: {
      domainName: "enforced",
      domainNameConfiguration: domainConfiguration,
      mutualTlsAuthentication: "enforced",
      routingMode: must(["API_MAPPING_ONLY"], "chooses APIs by routing rules, which is not done locally"),
    },
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": {
    properties: { apiId: "enforced", apiMappingKey: "enforced", domainName: "enforced", stage: "enforced" },
  },
  "aws:apigatewayv2/authorizer:Authorizer": besideDocument,
  "aws:apigatewayv2/integration:Integration": besideDocument,
  "aws:apigatewayv2/integrationResponse:IntegrationResponse": besideDocument,
  "aws:apigatewayv2/model:Model": besideDocument,
  "aws:apigatewayv2/route:Route": besideDocument,
  "aws:apigatewayv2/routeResponse:RouteResponse": besideDocument,
};
