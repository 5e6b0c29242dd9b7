// Who may call: routes, authorizers, keys and plans.

import { a, but, type Cases } from "../a-graph";

type Plain = Record<string, unknown>;

const lambdaArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:live`;
const uri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${lambdaArn(name)}/invocations`;
const authorizing = a("aws:lambda/function:Function", "authorizer", { name: "authorizer" });
const authorizer = {
  type: "token",
  identityValidationExpression: "^Bearer [\\w-]+\\.[\\w-]+\\.[\\w-]+$",
  authorizerUri: uri("authorizer"),
  authorizerResultTtlInSeconds: 60,
};
const header = { type: "apiKey", name: "Authorization", in: "header" };
const schemes: Plain = {
  apiKey: { type: "apiKey", name: "x-api-key", in: "header" },
  iam: { ...header, "x-amazon-apigateway-authtype": "awsSigv4" },
  lambda: { ...header, "x-amazon-apigateway-authtype": "custom", "x-amazon-apigateway-authorizer": authorizer },
  cognito: {
    ...header,
    "x-amazon-apigateway-authtype": "cognito_user_pools",
    "x-amazon-apigateway-authorizer": {
      type: "cognito_user_pools",
      providerARNs: ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/p"],
    },
  },
  jwt: {
    type: "oauth2",
    "x-amazon-apigateway-authorizer": {
      type: "jwt",
      identitySource: "$request.header.Authorization",
      jwtConfiguration: { issuer: "https://issuer.example.com/", audience: ["https://model.example.com"] },
    },
  },
  foreign: { type: "http", scheme: "basic" },
};

interface Api {
  readonly security?: readonly object[];
  readonly schemes?: Plain;
  readonly more?: Plain;
  readonly operation?: Plain;
  readonly http?: boolean;
}

const says = (type: string) => ({ operation: { "x-amazon-apigateway-auth": { type } } });

/** An API with one route, and the schemes that the route asks for. */
function api({ security, schemes: own, more, operation, http }: Api) {
  const asked = new Set((security ?? []).flatMap((alternative) => Object.keys(alternative)));
  const body = {
    paths: { "/mymodel": { post: { ...(security === undefined ? {} : { security }), ...operation } } },
    components: {
      securitySchemes: own ?? Object.fromEntries(Object.entries(schemes).filter(([name]) => asked.has(name))),
    },
    ...more,
  };
  return a(http === true ? "aws:apigatewayv2/api:Api" : "aws:apigateway/restApi:RestApi", "api", {
    body: JSON.stringify(body),
  });
}

const iam = api({ security: [{ iam: [] }] });
const withAuthorizer = (changes: Plain) =>
  api({
    security: [{ lambda: [] }],
    schemes: {
      lambda: { ...(schemes.lambda as object), "x-amazon-apigateway-authorizer": { ...authorizer, ...changes } },
    },
  });
const httpAuthorizer = (changes: Plain) =>
  api({
    http: true,
    security: [{ lambda: [] }],
    schemes: {
      lambda: { "x-amazon-apigateway-authorizer": { type: "request", authorizerUri: uri("authorizer"), ...changes } },
    },
  });
const jwt = (jwtConfiguration: Plain) =>
  api({
    http: true,
    security: [{ jwt: ["predict"] }],
    schemes: { jwt: { type: "oauth2", "x-amazon-apigateway-authorizer": { type: "jwt", jwtConfiguration } } },
  });

const method = a("aws:apigateway/method:Method", "m", {
  restApi: "api",
  resourceId: "r",
  httpMethod: "POST",
  authorization: "AWS_IAM",
});
const route = a("aws:apigatewayv2/route:Route", "r", {
  apiId: "api",
  routeKey: "POST /x",
  authorizationType: "JWT",
  authorizerId: "auth",
  authorizationScopes: ["predict"],
});
const jwtResource = a("aws:apigatewayv2/authorizer:Authorizer", "auth", {
  apiId: "api",
  authorizerType: "JWT",
  jwtConfiguration: { issuer: "https://issuer.example.com/", audiences: ["https://model.example.com"] },
});
const httpApi = api({ http: true, security: [{ jwt: ["predict"] }] });

const keyed = api({ security: [{ iam: [] }, { apiKey: [] }] });
const plan = a("aws:apigateway/usagePlan:UsagePlan", "plan", {
  apiStages: [{ apiId: "api", stage: "dev" }],
  quotaSettings: { limit: 1000, period: "DAY" },
  throttleSettings: { rateLimit: 10, burstLimit: 20 },
});
const key = a("aws:apigateway/apiKey:ApiKey", "key", {});
const joined = a("aws:apigateway/usagePlanKey:UsagePlanKey", "joined", { keyId: "key", usagePlanId: "plan" });

const preflight = { security: [], "x-amazon-apigateway-integration": { type: "mock" } };
const cors = (origin: string) =>
  api({
    security: [{ iam: [] }],
    more: {
      "x-amazon-apigateway-gateway-responses": {
        DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": origin } },
      },
    },
  });
const byTemplate = (template: string) =>
  api({
    security: [{ iam: [] }],
    more: {
      paths: {
        "/": {
          options: {
            "x-amazon-apigateway-integration": {
              type: "mock",
              responses: { default: { statusCode: "204", responseTemplates: { "application/json": template } } },
            },
          },
        },
      },
    },
  });
const model = { schema: { type: "object" } };
const validated = (parameters: boolean, body: boolean, validator = "all", content: object = { $default: model }) =>
  api({
    security: [{ iam: [] }],
    operation: { requestBody: { content } },
    more: {
      "x-amazon-apigateway-request-validators": {
        all: { validateRequestParameters: parameters, validateRequestBody: body },
      },
      "x-amazon-apigateway-request-validator": validator,
    },
  });

export const callers: Cases = {
  "route-requires-authorization": {
    good: {
      signed: [iam],
      "signed, by the operation alone": [api({ security: [], ...says("AWS_IAM") })],
      "signed, said twice": [api({ security: [{ iam: [] }], ...says("aws_iam") })],
      "a token": [httpApi],
      "at the document's root": [
        api({
          schemes: { iam: schemes.iam },
          more: { openapi: "3.0.1", security: [{ iam: [] }] },
        }),
      ],
      "a key, which is another rule's": [api({ security: [{ apiKey: [] }] })],
      "a preflight": [
        api({
          security: [{ iam: [] }],
          more: { paths: { "/x": { options: preflight, post: { security: [{ iam: [] }] } } } },
        }),
      ],
      "a Method": [method],
      "a Route": [route],
    },
    bad: {
      nothing: [api({})],
      "an empty list": [api({ security: [] })],
      "signed, but open by the operation": [api({ security: [{ iam: [] }], ...says("NONE") })],
      "an authorization that does not exist": [api({ security: [], ...says("CUSTOM") })],
      "an empty alternative": [api({ security: [{ iam: [] }, {}] })],
      "opened beside the document's root": [
        api({ security: [], schemes: { iam: schemes.iam }, more: { openapi: "3.0.1", security: [{ iam: [] }] } }),
      ],
      "at the root of a document that is not OpenAPI 3": [
        api({ schemes: { iam: schemes.iam }, more: { swagger: "2.0", security: [{ iam: [] }] } }),
      ],
      "at the root of an HTTP API's document": [
        api({ http: true, schemes: { iam: schemes.iam }, more: { openapi: "3.0.1", security: [{ iam: [] }] } }),
      ],
      "a scheme that is not there": [api({ security: [{ iam: [] }], schemes: {} })],
      "a scheme that the gateway does not know": [api({ security: [{ foreign: [] }] })],
      "any method": [api({ more: { paths: { "/x": { "x-amazon-apigateway-any-method": {} } } } })],
      "a preflight that reaches the function": [
        api({ more: { paths: { "/x": { options: { "x-amazon-apigateway-integration": { type: "aws_proxy" } } } } } }),
      ],
      "an HTTP API's route": [api({ http: true })],
      "a Method beside the document": [iam, but(method, { authorization: "NONE" })],
      "a Method whose authorizer is missing": [but(method, { authorization: "CUSTOM" })],
      "a Route beside the document": [httpApi, but(route, { authorizationType: "NONE" })],
      "a Route by default": [but(route, { authorizationType: undefined })],
      "a document that is not JSON": [but(iam, { body: "openapi: 3" })],
    },
  },
  "api-key-is-never-alone": {
    good: { "on top": [keyed], "a Method with both": [iam, but(method, { apiKeyRequired: true })] },
    bad: {
      alone: [api({ security: [{ apiKey: [] }] })],
      "in one entry with another": [api({ security: [{ iam: [], apiKey: [] }] })],
      "with a scheme that the gateway ignores": [api({ security: [{ foreign: [] }, { apiKey: [] }] })],
      "a Method": [iam, but(method, { authorization: "NONE", apiKeyRequired: true })],
    },
  },
  "authorizer-is-used": {
    good: { "by the document": [withAuthorizer({})], "by a Route": [httpApi, route, jwtResource] },
    bad: {
      "by nobody": [api({ security: [{ iam: [] }], schemes: { iam: schemes.iam, lambda: schemes.lambda } })],
      "by no Route": [httpApi, jwtResource],
      "by a Route that does not ask": [httpApi, jwtResource, but(route, { authorizationType: "NONE" })],
    },
  },
  "authorizer-cache-is-bounded": {
    stack: "prod",
    good: {
      "a minute": [withAuthorizer({})],
      off: [withAuthorizer({ authorizerResultTtlInSeconds: 0 })],
      "off, at an HTTP API": [httpAuthorizer({ authorizerResultTtlInSeconds: 0 })],
      "per route": [
        httpAuthorizer({
          authorizerResultTtlInSeconds: 60,
          identitySource: "$request.header.Authorization,$context.routeKey",
        }),
      ],
    },
    bad: {
      "an hour": [withAuthorizer({ authorizerResultTtlInSeconds: 3600 })],
      "five minutes, by default": [withAuthorizer({ authorizerResultTtlInSeconds: undefined })],
      "five minutes, by the provider's default of an HTTP API": [
        httpAuthorizer({ identitySource: "$request.header.Authorization,$context.routeKey" }),
      ],
      "over the routes of an HTTP API": [
        httpAuthorizer({ authorizerResultTtlInSeconds: 60, identitySource: "$request.header.Authorization" }),
      ],
      "for whoever calls": [withAuthorizer({ type: "request", identitySource: "" })],
      "as a resource": [
        a("aws:apigateway/authorizer:Authorizer", "x", {
          restApi: "api",
          type: "TOKEN",
          identitySource: "method.request.header.Authorization",
          authorizerResultTtlInSeconds: 301,
        }),
      ],
    },
  },
  "authorizer-refuses-what-is-no-token": {
    good: { "by a pattern": [withAuthorizer({}), authorizing] },
    bad: {
      "no pattern": [withAuthorizer({ identityValidationExpression: undefined }), authorizing],
      "a pattern for anything": [withAuthorizer({ identityValidationExpression: "^.*$" }), authorizing],
      "a pattern for a part": [withAuthorizer({ identityValidationExpression: "Bearer" }), authorizing],
      "a function of somebody else": [withAuthorizer({ authorizerUri: uri("stranger") }), authorizing],
      "no function": [withAuthorizer({ authorizerUri: "" }), authorizing],
    },
  },
  "jwt-authorizer-names-issuer-and-audience": {
    good: { both: [httpApi], "a user pool": [api({ security: [{ cognito: ["s"] }] })], "a resource": [jwtResource] },
    bad: {
      "no issuer": [jwt({ audience: ["a"] })],
      "an issuer over HTTP": [jwt({ issuer: "http://issuer.example.com/", audience: ["a"] })],
      "no audience": [jwt({ issuer: "https://issuer.example.com/" })],
      "an empty audience": [jwt({ issuer: "https://issuer.example.com/", audience: [""] })],
      "no user pool": [
        api({
          security: [{ cognito: ["s"] }],
          schemes: { cognito: { "x-amazon-apigateway-authorizer": { type: "cognito_user_pools" } } },
        }),
      ],
      "a resource without audience": [
        but(jwtResource, { jwtConfiguration: { issuer: "https://issuer.example.com/" } }),
      ],
    },
  },
  "token-routes-require-a-scope": {
    good: { "an HTTP API": [httpApi, route], Cognito: [api({ security: [{ cognito: ["model/predict"] }] })] },
    bad: {
      "an HTTP API": [api({ http: true, security: [{ jwt: [] }] })],
      Cognito: [api({ security: [{ cognito: [] }] })],
      "a Route": [httpApi, but(route, { authorizationScopes: undefined })],
    },
  },
  "api-key-opens-a-plan": {
    good: { joined: [key, joined, plan] },
    bad: {
      "in no plan": [key, plan],
      "another key is": [key, but(joined, { keyId: "other" }), plan],
      "in a plan that is not there": [key, joined],
      "with a value from the program": [but(key, { value: "abcdefghijklmnopqrstuvwxyz" }), joined, plan],
    },
  },
  "route-with-a-key-has-a-plan": {
    good: { "a plan": [keyed, plan] },
    bad: { none: [keyed], "another API's": [keyed, but(plan, { apiStages: [{ apiId: "other", stage: "dev" }] })] },
  },
  "usage-plan-has-numbers": {
    good: { all: [plan] },
    bad: {
      "no quota": [but(plan, { quotaSettings: undefined })],
      "no period": [but(plan, { quotaSettings: { limit: 1 } })],
      "no throttle": [but(plan, { throttleSettings: undefined })],
      "no burst": [but(plan, { throttleSettings: { rateLimit: 1 } })],
      "no stage": [but(plan, { apiStages: [] })],
      "a rate that nobody reaches": [but(plan, { throttleSettings: { rateLimit: 10_001, burstLimit: 1 } })],
      "a burst that nobody reaches": [but(plan, { throttleSettings: { rateLimit: 1, burstLimit: 5_001 } })],
      "a quota that nobody reaches": [but(plan, { quotaSettings: { limit: 1e12, period: "MONTH" } })],
    },
  },
  "usage-plan-guards-a-route": {
    good: { "one that asks": [keyed, plan] },
    bad: { "none asks": [iam, plan], "of another program": [plan] },
  },
  "browsers-come-from-a-named-origin": {
    good: {
      one: [cors("'https://app.example.com'")],
      "several, by constants": [
        byTemplate('#set($context.responseOverride.header.Access-Control-Allow-Origin="https://a.example")'),
      ],
    },
    bad: {
      "what the caller says, by a template": [
        byTemplate("#set($context.responseOverride.header.Access-Control-Allow-Origin=$input.params('Origin'))"),
        byTemplate('#set($context.responseOverride.header.Access-Control-Allow-Origin="$origin")'),
      ],
      every: [cors("'*'")],
      "what the caller says": [cors("method.request.header.Origin")],
      "every, at an HTTP API": [
        api({ http: true, security: [{ jwt: ["s"] }], more: { "x-amazon-apigateway-cors": { allowOrigins: ["*"] } } }),
      ],
      "every, in the API's arguments": [but(httpApi, { corsConfiguration: { allowOrigins: ["https://*"] } })],
    },
  },
  "route-parameters-are-validated": {
    good: { both: [validated(true, true)] },
    bad: {
      "no parameters": [validated(false, true)],
      "no bodies": [validated(true, false)],
      "bodies, without a model of them": [validated(true, true, "all", { $default: {} })],
      "bodies of one media type alone": [validated(true, true, "all", { "application/json": model })],
      "by a validator that is not there": [validated(true, true, "none")],
      "by none": [iam],
    },
  },
};
