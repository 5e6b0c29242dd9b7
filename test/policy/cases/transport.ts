// How calls come in: TLS, domains, backends, stages, and what the stages log.

import { a, but, type Cases } from "../a-graph";

const rest = a("aws:apigateway/restApi:RestApi", "api", { securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" });

const http = a("aws:apigatewayv2/api:Api", "http", {});

const backend = (integration: object) =>
  but(rest, {
    body: JSON.stringify({ paths: { "/x": { post: { "x-amazon-apigateway-integration": integration } } } }),
  });

const closing = {
  servers: [
    {
      url: "https://model.example.com",
      "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
    },
  ],
};

const restDomain = a("aws:apigateway/domainName:DomainName", "domain", { securityPolicy: "TLS_1_2" });

const httpDomain = a("aws:apigatewayv2/domainName:DomainName", "domain", {
  domainNameConfiguration: { securityPolicy: "TLS_1_2" },
  mutualTlsAuthentication: { truststoreUri: "s3://trust/truststore.pem", truststoreVersion: "1" },
});

const truststore = a(
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "truststore",
  { bucket: "trust", key: "truststore.pem" },
  { outputs: { versionId: "1" } },
);

const restMapping = a("aws:apigateway/basePathMapping:BasePathMapping", "mapping", { restApi: "api" });

const httpMapping = a("aws:apigatewayv2/apiMapping:ApiMapping", "mapping", { apiId: "http" });

const integration = a("aws:apigatewayv2/integration:Integration", "i", {
  connectionType: "VPC_LINK",
  integrationUri: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/x",
  tlsConfig: { serverNameToVerify: "model.example.com" },
});

const deployment = a("aws:apigateway/deployment:Deployment", "d", { restApi: "api", triggers: { api: "b5bb9d80" } });

const format = (more: object) =>
  JSON.stringify({
    id: "$context.requestId",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    key: "$context.identity.apiKeyId",
    ...more,
  });

const destinationArn = "arn:aws:logs:us-east-1:123456789012:log-group:access";

const stage = a("aws:apigateway/stage:Stage", "stage", {
  restApi: "api",
  stageName: "dev",
  xrayTracingEnabled: true,
  accessLogSettings: { destinationArn, format: format({}) },
});

const logging = (more: object) => [but(stage, { accessLogSettings: { destinationArn, format: format(more) } })];

const all = a("aws:apigateway/methodSettings:MethodSettings", "all", {
  restApi: "api",
  stageName: "dev",
  methodPath: "*/*",
  settings: { loggingLevel: "ERROR", metricsEnabled: true, throttlingRateLimit: 50, throttlingBurstLimit: 100 },
});

const settings = (more: object) => but(all, { settings: { ...(all.inputs.settings as object), ...more } });

const single = (own: object) =>
  but({ ...all, name: "one", urn: `${all.urn}1` }, { methodPath: "mymodel/POST", settings: own });

const httpStage = a("aws:apigatewayv2/stage:Stage", "stage", {
  defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
});

export const transport: Cases = {
  "clients-speak-tls-1-2": {
    good: { "TLS 1.3": [rest], "TLS 1.2": [restDomain], "an HTTP API's domain": [httpDomain] },
    bad: {
      "the default endpoint's own": [but(rest, { securityPolicy: undefined })],
      "the document's": [but(rest, { body: JSON.stringify({ "x-amazon-apigateway-security-policy": "TLS_1_0" }) })],
      "TLS 1.0": [but(restDomain, { securityPolicy: "TLS_1_0" })],
      "TLS 1.0 by another name": [but(restDomain, { securityPolicy: "SecurityPolicy_TLS10_2025" })],
      "none, at an HTTP API's domain": [but(httpDomain, { domainNameConfiguration: {} })],
    },
  },
  "own-domain-closes-the-default-endpoint": {
    good: {
      closed: [but(rest, { disableExecuteApiEndpoint: true }), restMapping],
      "closed in the document, too": [
        but(http, { disableExecuteApiEndpoint: true, body: JSON.stringify(closing) }),
        httpMapping,
      ],
    },
    bad: {
      open: [rest, restMapping],
      "open at an HTTP API": [http, httpMapping],
      "opened again by the document": [but(http, { disableExecuteApiEndpoint: true, body: "{}" }), httpMapping],
    },
  },
  "truststore-is-pinned": {
    good: { "to a version": [httpDomain, truststore] },
    bad: {
      "to a version of another object": [httpDomain, but(truststore, { key: "other.pem" })],
      "to another version": [httpDomain, { ...truststore, outputs: { versionId: "2" } }],
      "in a bucket of somebody": [httpDomain],
      "to none": [but(httpDomain, { mutualTlsAuthentication: { truststoreUri: "s3://trust/truststore.pem" } })],
      "not in S3": [
        but(httpDomain, { mutualTlsAuthentication: { truststoreUri: "https://x", truststoreVersion: "1" } }),
      ],
    },
  },
  "private-backend-speaks-https": {
    good: { "over a link": [integration], "in a document": [backend({ type: "http_proxy", uri: "https://x" })] },
    bad: {
      "over a link": [but(integration, { tlsConfig: undefined })],
      "in a document": [backend({ type: "http_proxy", uri: "http://backend.example.com" })],
      "a document's link": [backend({ type: "http_proxy", connectionType: "VPC_LINK", uri: "arn:aws:x" })],
    },
  },
  "deployment-follows-the-document": {
    good: { "a trigger": [deployment] },
    bad: {
      none: [but(deployment, { triggers: undefined })],
      "an empty one": [but(deployment, { triggers: { api: "" } })],
    },
  },
  "stage-logs-access-without-credentials": {
    good: {
      "who and what": logging({}),
      "what an authorizer says of the subject": logging({ sub: "$context.authorizer.claims.sub" }),
    },
    bad: {
      no: [but(stage, { accessLogSettings: undefined })],
      "to nowhere": [but(stage, { accessLogSettings: { format: format({}) } })],
      "without an address": [
        but(stage, { accessLogSettings: { destinationArn, format: "$context.requestId $context.status" } }),
      ],
      "the key's value": logging({ key: "$context.identity.apiKey" }),
      "a header": logging({ token: "$request.header.Authorization" }),
      "a method's header": logging({ token: "$method.request.header.x-api-key" }),
      "all claims": logging({ claims: "$context.authorizer.claims" }),
      "a token that the authorizer passes on": logging({ t: "$context.authorizer.accessToken" }),
      "the path as sent": logging({ path: "$context.path" }),
      "what a browser says of itself": logging({ agent: "$context.identity.userAgent" }),
      "at an HTTP API": [httpStage],
    },
  },
  "stage-logs-execution": {
    good: { errors: [stage, all] },
    bad: {
      no: [stage],
      off: [stage, settings({ loggingLevel: "OFF" })],
      "not counted": [stage, settings({ metricsEnabled: false })],
      "another stage": [stage, but(all, { stageName: "prod" })],
      "only one route": [stage, but(all, { methodPath: "x/POST" })],
    },
  },
  "stage-logs-no-bodies": {
    good: { none: [stage, all] },
    bad: {
      all: [stage, settings({ dataTraceEnabled: true })],
      "of one route": [stage, all, single({ dataTraceEnabled: true })],
      "at an HTTP API": [but(httpStage, { defaultRouteSettings: { dataTraceEnabled: true } })],
    },
  },
  "stage-is-traced": { good: { yes: [stage] }, bad: { no: [but(stage, { xrayTracingEnabled: undefined })] } },
  "stage-throttles": {
    good: { all: [stage, all], "an HTTP API": [httpStage] },
    bad: {
      no: [stage],
      "without a burst": [stage, settings({ throttlingBurstLimit: undefined })],
      "switched off": [stage, settings({ throttlingRateLimit: -1 })],
      "at a rate that nobody reaches": [stage, settings({ throttlingRateLimit: 10_001 })],
      "at a burst that nobody reaches": [stage, settings({ throttlingBurstLimit: 5_001 })],
      "but for one route": [stage, all, single({ loggingLevel: "INFO" })],
      "not at an HTTP API": [but(httpStage, { defaultRouteSettings: undefined })],
      "but for one route of an HTTP API": [
        but(httpStage, { routeSettings: [{ routeKey: "POST /x", throttlingRateLimit: 1 }] }),
      ],
    },
  },
  "stage-cache-is-encrypted": {
    good: {
      "no cache": [stage, all],
      encrypted: [stage, settings({ cachingEnabled: true, cacheDataEncrypted: true })],
    },
    bad: {
      plain: [stage, settings({ cachingEnabled: true })],
      "of one route": [stage, all, single({ cachingEnabled: true })],
    },
  },
};
