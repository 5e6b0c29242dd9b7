// What access logs say of callers, and where all logs go.

import { a, but, type Cases, policy } from "../a-graph";

const api = (scheme: object, http = false) =>
  a(http ? "aws:apigatewayv2/api:Api" : "aws:apigateway/restApi:RestApi", "api", {
    failOnWarnings: true,
    body: JSON.stringify({
      openapi: "3.0.1",
      paths: { "/x": { post: { security: [{ s: [] }] } } },
      components: { securitySchemes: { s: scheme } },
    }),
  });
const header = { type: "apiKey", in: "header", name: "Authorization" };
const iam = api({ ...header, "x-amazon-apigateway-authtype": "awsSigv4" });
const keyed = api({ ...header, name: "x-api-key" });
const lambda = api({ ...header, "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: "arn:x" } });
const cognito = api({ ...header, "x-amazon-apigateway-authorizer": { type: "cognito_user_pools" } });
const jwt = api({ type: "oauth2", "x-amazon-apigateway-authorizer": { type: "jwt" } }, true);

const destinationArn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/model";
const base = "$context.requestTime $context.httpMethod $context.resourcePath $context.error.message";
const logs = (format: string) =>
  a("aws:apigateway/stage:Stage", "stage", {
    restApi: "api",
    stageName: "dev",
    accessLogSettings: { destinationArn, format: `${base} ${format}` },
  });
const httpLogs = (format: string) =>
  a("aws:apigatewayv2/stage:Stage", "stage", {
    apiId: "api",
    accessLogSettings: {
      destinationArn,
      format: `$context.requestTime $context.routeKey $context.error.message ${format}`,
    },
  });
const mutual = [
  a("aws:apigatewayv2/apiMapping:ApiMapping", "mapping", { apiId: "api", domainName: "model.example.com" }),
  a("aws:apigatewayv2/domainName:DomainName", "domain", {
    domainName: "model.example.com",
    mutualTlsAuthentication: { truststoreUri: "s3://trust/store.pem" },
  }),
];
const ofToken = "$context.authorizer.claims.sub $context.authorizer.error";

const role = (Service: string) =>
  a("aws:iam/role:Role", "role", {
    assumeRolePolicy: policy({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }),
  });
const account = a("aws:apigateway/account:Account", "account", {
  cloudwatchRoleArn: "arn:aws:iam:us-east-1:123456789012:role",
});

export const stageLogs: Cases = {
  "api-document-is-imported-strictly": {
    good: { "a REST API": [iam], "an HTTP API": [jwt] },
    bad: { no: [but(iam, { failOnWarnings: undefined })], "not an HTTP API": [but(jwt, { failOnWarnings: false })] },
  },
  "stage-logs-who-called": {
    good: {
      "who signed": [iam, logs("$context.identity.userArn")],
      "whose key": [keyed, logs("$context.identity.apiKeyId")],
      "whose token": [lambda, logs("$context.authorizer.principalId")],
      "which user of a pool": [cognito, logs("$context.authorizer.claims.sub")],
      "which subject": [jwt, httpLogs(ofToken)],
      "which certificate": [jwt, ...mutual, httpLogs(`${ofToken} $context.identity.clientCert.serialNumber`)],
    },
    bad: {
      "not who signed": [iam, logs("$context.identity.apiKeyId")],
      "not whose key": [keyed, logs("$context.identity.userArn")],
      "not whose token": [lambda, logs("$context.authorizer.error")],
      "not which user of a pool": [cognito, logs("$context.authorizer.principalId")],
      "not which subject": [jwt, httpLogs("$context.authorizer.error")],
      "not why a token was refused": [jwt, httpLogs("$context.authorizer.claims.sub")],
      "not which certificate": [jwt, ...mutual, httpLogs(ofToken)],
      "not when": [iam, but(logs(""), { accessLogSettings: { format: "$context.identity.userArn" } })],
    },
  },
  "log-role-can-be-assumed": {
    good: { "by API Gateway": [account, role("apigateway.amazonaws.com")], "of another program": [account] },
    bad: {
      none: [but(account, { cloudwatchRoleArn: undefined })],
      "by functions": [but(account, { cloudwatchRoleArn: "role" }), role("lambda.amazonaws.com")],
    },
  },
};

const group = (name: string) => a("aws:cloudwatch/logGroup:LogGroup", name, { name });
const settings = (loggingLevel: string) =>
  a("aws:apigateway/methodSettings:MethodSettings", "all", {
    restApi: "api",
    stageName: "dev",
    methodPath: "*/*",
    settings: { loggingLevel },
  });
const flows = a("aws:ec2/flowLog:FlowLog", "flows", {
  logDestination: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/model",
});
const firewall = a("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "waf", {
  logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-model"],
});
const access = group("/aws/apigateway/model");
const execution = group("API-Gateway-Execution-Logs_api/dev");

const rule = (pattern: object) => [
  a("aws:cloudwatch/eventRule:EventRule", "rule", { eventPattern: JSON.stringify(pattern) }),
];
const failed = { source: ["aws.sagemaker"], "detail-type": ["Failed"], detail: { status: ["Failed"] } };

const topic = a("aws:sns/topic:Topic", "alarms");
const denies = (more: object) => [
  topic,
  a("aws:sns/topicPolicy:TopicPolicy", "p", {
    arn: topic.outputs.arn,
    policy: policy({
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topic.outputs.arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
      ...more,
    }),
  }),
];

export const destinations: Cases = {
  "log-destination-is-declared": {
    good: {
      "access and execution": [logs(""), settings("ERROR"), access, execution],
      "no execution": [logs(""), settings("OFF"), access],
      "flows and requests": [flows, firewall, group("/aws/vpc/model"), group("aws-waf-logs-model")],
    },
    bad: {
      "nobody's access log": [logs(""), settings("OFF")],
      "nobody's execution log": [logs(""), settings("INFO"), access],
      "nobody's flow log": [flows, group("/aws/vpc/other")],
      "nobody's firewall log": [firewall],
      "nobody's log of an HTTP API": [httpLogs("")],
    },
  },
  "event-rule-names-its-source": {
    good: { "a service's": rule(failed) },
    bad: {
      "any source": rule({ ...failed, source: undefined }),
      "no source": rule({ ...failed, source: [] }),
      "a source that anybody can name": rule({ ...failed, source: ["aws.sagemaker", "my.app"] }),
      "any kind": rule({ ...failed, "detail-type": undefined }),
      "any detail": rule({ ...failed, detail: undefined }),
    },
  },
  "topic-denies-plain-http": {
    good: { denied: denies({}) },
    bad: {
      "no policy": [topic],
      "another topic's": [topic, but(denies({})[1]!, { arn: "arn:aws:sns:us-east-1:123456789012:other" })],
      "allowed instead": denies({ Effect: "Allow" }),
      "of somebody": denies({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
      "something else": denies({ Action: "sns:Subscribe" }),
      "to another topic": denies({ Resource: "arn:aws:sns:us-east-1:123456789012:other" }),
      "where it is secure": denies({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "under one more condition": denies({
        Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:PrincipalTag/x": "y" } },
      }),
    },
  },
};
