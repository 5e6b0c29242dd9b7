// What a REST API answers in each case that the gateway itself decides: every row is one that AWS documents or that was recorded there.

import { expect } from "chai";
import { BadProxyResponse } from "../../../local/gateway/rest/proxy-response";
import { type TestResponse, type Declared, type Doubles, fixture, ok, proxy } from "./fixture";
import type { HttpRequest } from "../../../local/server/http-message";
import { Unenforceable } from "../../../local/base/unenforceable";
import type { GatewayResponseType } from "../../../local/gateway/request/exchange";

const respondWith = (type: GatewayResponseType, message: string | null, errorType?: string): Doubles => ({
  authorize: () => ({ type, message, errorType, reason: "test" }),
});

const validated = {
  paths: {
    "/mymodel": {
      parameters: [{ name: "p", in: "query", required: true }],
      post: {
        parameters: [
          { name: "q", in: "query", required: true },
          { name: "X-One", in: "header", required: true },
          { name: "X-Free", in: "header" },
        ],
        "x-amazon-apigateway-integration": proxy,
      },
    },
  },
  document: {
    "x-amazon-apigateway-request-validator": "parameters",
    "x-amazon-apigateway-request-validators": { parameters: { validateRequestParameters: true } },
  },
};

interface Case {
  readonly what: string;
  readonly declared?: Declared;
  readonly doubles?: Doubles;
  readonly method?: string;
  readonly url?: string;
  readonly request?: Partial<HttpRequest>;
  readonly status: number;
  readonly body: unknown;
  readonly errorType?: string;
}

const internal = { body: { message: "Internal server error" }, errorType: "InternalServerErrorException" };
const forbidden = { status: 403, body: { message: "Forbidden" }, errorType: "ForbiddenException" };
const noRoute = {
  status: 403,
  body: { message: "Missing Authentication Token" },
  errorType: "MissingAuthenticationTokenException",
};
const missing = (...names: string[]): Pick<Case, "status" | "body" | "errorType"> => ({
  status: 400,
  body: { message: `Missing required request parameters: [${names.join(", ")}]` },
  errorType: "BadRequestException",
});

const cases: readonly Case[] = [
  { what: "an unknown path", url: "/dev/nothing", ...noRoute },
  { what: "a wrong method", method: "GET", ...noRoute },
  { what: "a method nobody knows", method: "BREW", ...noRoute },
  { what: "another stage", url: "/prod/mymodel", ...forbidden },
  { what: "no stage", url: "/mymodel", ...forbidden },
  { what: "a closed default endpoint", declared: { api: { disableExecuteApiEndpoint: true } }, ...forbidden },
  {
    what: "a protocol that its parser does not speak",
    request: { protocol: "HTTP/2.0" },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  {
    what: "a request line without headers, HTTP/0.9",
    request: { protocol: "HTTP/0.9" },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  {
    what: "a transfer coding below the chunks, which nobody undoes",
    request: { headers: [["Transfer-Encoding", "gzip, chunked"]] },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  {
    what: "chunks in HTTP/1.0, which has none",
    request: { protocol: "HTTP/1.0", headers: [["Transfer-Encoding", "chunked"]] },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  {
    what: "a path that climbs",
    url: "/dev/../dev/mymodel",
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  { what: "an API key that is missing or unknown", doubles: respondWith("INVALID_API_KEY", "Forbidden"), ...forbidden },
  {
    what: "a throttle",
    doubles: respondWith("THROTTLED", "Too Many Requests"),
    status: 429,
    body: { message: "Too Many Requests" },
    errorType: "TooManyRequestsException",
  },
  {
    what: "a quota",
    doubles: respondWith("QUOTA_EXCEEDED", "Limit Exceeded"),
    status: 429,
    body: { message: "Limit Exceeded" },
    errorType: "LimitExceededException",
  },
  {
    what: "no identity",
    doubles: respondWith("UNAUTHORIZED", "Unauthorized"),
    status: 401,
    body: { message: "Unauthorized" },
    errorType: "UnauthorizedException",
  },
  {
    what: "an authorizer whose output is malformed",
    doubles: respondWith("AUTHORIZER_CONFIGURATION_ERROR", null),
    status: 500,
    body: { message: null },
    errorType: "AuthorizerConfigurationException",
  },
  {
    what: "an explicit deny (capital M)",
    doubles: respondWith("ACCESS_DENIED", "User is not authorized to access this resource with an explicit deny"),
    status: 403,
    body: { Message: "User is not authorized to access this resource with an explicit deny" },
    errorType: "AccessDeniedException",
  },
  {
    what: "an error type that the refusal names",
    doubles: respondWith(
      "INVALID_SIGNATURE",
      "The security token included in the request is invalid.",
      "UnrecognizedClientException",
    ),
    status: 403,
    body: { message: "The security token included in the request is invalid." },
    errorType: "UnrecognizedClientException",
  },
  { what: "all required parameters missing", declared: validated, ...missing("X-One", "q", "p") },
  {
    what: "blank parameters",
    declared: validated,
    url: "/dev/mymodel?q=&p=%20",
    request: {
      headers: [
        ["Host", "h"],
        ["x-one", " "],
      ],
    },
    ...missing("X-One", "q", "p"),
  },
  {
    what: "a query name in another casing",
    declared: validated,
    url: "/dev/mymodel?Q=1&p=1",
    request: {
      headers: [
        ["Host", "h"],
        ["x-one", "1"],
      ],
    },
    ...missing("q"),
  },
  {
    what: "a function that fails",
    doubles: { invocation: () => ({ kind: "error", errorType: "Error", errorMessage: "secret inside" }) },
    status: 502,
    ...internal,
  },
  {
    what: "a malformed answer",
    doubles: { invocation: () => ({ kind: "result", payload: "hello" }) },
    status: 502,
    ...internal,
  },
  {
    what: "an answer that cannot be delivered",
    doubles: { invocation: () => ({ kind: "result", payload: { headers: { "transfer-encoding": "chunked" } } }) },
    status: 500,
    ...internal,
  },
  {
    what: "a function without concurrency left",
    doubles: { invocation: () => ({ kind: "throttled" }) },
    status: 500,
    ...internal,
  },
  {
    what: "a function that takes too long",
    doubles: { invocation: () => ({ kind: "timeout" }) },
    status: 504,
    body: { message: "Endpoint request timed out" },
    errorType: "InternalServerErrorException",
  },
  { what: "no permission at all", declared: { permission: null }, status: 500, ...internal },
  {
    what: "a defect of the gateway's own",
    doubles: {
      authorize: () => {
        throw new BadProxyResponse("malformed", "x");
      },
    },
    status: 500,
    ...internal,
  },
  {
    what: "an event over 6 MB",
    request: { body: Buffer.alloc(5 * 1024 * 1024) },
    declared: { api: { binaryMediaTypes: ["*/*"] } },
    status: 413,
    body: { message: "Request Too Long" },
    errorType: "BadRequestException",
  },
  {
    what: "a text that grows over 6 MB in the event",
    request: { body: Buffer.alloc(1_100_000, 1) },
    status: 413,
    body: { message: "Request Too Long" },
    errorType: "BadRequestException",
  },
  {
    what: "headers over 10,240 bytes",
    request: {
      headers: [
        ["Host", "h"],
        ["a", "x".repeat(10_240)],
      ],
    },
    status: 431,
    body: { message: "Request Header Fields Too Large" },
  },
  {
    what: "a method ARN over 1,600 bytes",
    url: `/dev/${"x".repeat(1_600)}`,
    status: 414,
    body: { message: "Request-URI Too Long" },
  },
  {
    what: "two Authorization headers",
    request: {
      headers: [
        ["Host", "h"],
        ["Authorization", "a"],
        ["authorization", "b"],
      ],
    },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
  {
    what: "two API keys",
    request: {
      headers: [
        ["Host", "h"],
        ["x-api-key", "a"],
        ["X-API-Key", "b"],
      ],
    },
    status: 400,
    body: { message: "Bad Request" },
    errorType: "BadRequestException",
  },
];

const ask = (declared: Declared = {}, doubles: Doubles = {}): Promise<TestResponse> =>
  fixture(declared, doubles).send("POST", "/dev/mymodel");

describe("The REST gateway", () => {
  for (const {
    what,
    declared,
    doubles,
    method = "POST",
    url = "/dev/mymodel",
    request,
    status,
    body,
    errorType,
  } of cases)
    it(`answers ${what} with ${status}`, async () => {
      const { send: ask, events } = fixture(declared, doubles);
      const answer = await ask(method, url, request);
      expect(answer.status).to.equal(status);
      expect(JSON.parse(answer.body)).to.deep.equal(body);
      expect(answer.headers["content-type"]).to.equal("application/json");
      expect(answer.headers["x-amzn-errortype"]).to.equal(errorType);
      expect(answer.headers).not.to.have.property("x-amzn-trace-id");
      if (!doubles?.invocation) expect(events, "the function was invoked").to.have.length(0);
    });

  it("answers a body over 10 MB with 413 in plain text", async () => {
    const { status, headers, body } = await fixture().send("POST", "/dev/mymodel", {
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    });
    expect([status, headers["content-type"], body]).to.deep.equal([
      413,
      "text; charset=utf-8",
      "HTTP content length exceeded 10485760 bytes.",
    ]);
  });

  it("gives an event over 6 MB none of the document's gateway responses", async () => {
    const cors = { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" };
    const document = {
      "x-amazon-apigateway-gateway-responses": {
        REQUEST_TOO_LARGE: { statusCode: "418", responseParameters: cors },
        DEFAULT_4XX: { responseParameters: cors },
      },
    };
    const { send } = fixture({ document });
    const { status, headers, body } = await send("POST", "/dev/mymodel", { body: Buffer.alloc(1_100_000, 1) });
    expect([status, body]).to.deep.equal([413, '{"message": "Request Too Long"}']);
    expect(headers).not.to.have.property("access-control-allow-origin");
  });

  it("names the request in a response of its own and in the function's", async () => {
    for (const answer of [await ask({ permission: null }), await ask()]) {
      expect(answer.headers["x-amzn-requestid"]).to.match(/^[0-9a-f-]{36}$/);
      expect(answer.headers["x-amz-apigw-id"]).to.match(/^[\w-]{15}=$/);
    }
    expect((await ask()).headers["x-amzn-trace-id"]).to.match(/^Root=1-/);
  });

  it("takes an event of just under 6 MB", async () => {
    const { send: ask } = fixture({ api: { binaryMediaTypes: ["*/*"] } });
    const answer = await ask("POST", "/dev/mymodel", { body: Buffer.alloc(4.4 * 1024 * 1024) });
    expect(answer.status).to.equal(200);
  });

  it("keeps the order: authorizer, then key and throttle, then parameters, then the function", async () => {
    const steps: string[] = [];
    const doubles: Doubles = {
      keyRequired: true,
      authorize: () => {
        steps.push("authorizer");
        return { usageIdentifierKey: "k" };
      },
      checkUsage: (_, route, caller) => {
        steps.push(`admission ${JSON.stringify(route)} ${JSON.stringify(caller)}`);
        return {};
      },
      invocation: () => {
        steps.push("function");
        return ok;
      },
    };
    const { send: ask } = fixture(validated, doubles);
    expect((await ask("POST", "/dev/mymodel")).status).to.equal(400);
    const admission = 'admission {"method":"POST","resource":"/mymodel","keyRequired":true} {"usageIdentifierKey":"k"}';
    expect(steps).to.deep.equal(["authorizer", admission]);
    await ask("POST", "/dev/mymodel?p=1&q=1", {
      headers: [
        ["Host", "h"],
        ["X-One", "1"],
      ],
    });
    expect(steps.slice(2)).to.deep.equal(["authorizer", admission, "function"]);
  });

  it("does not ask the usage check about a caller that the authorizer rejected", async () => {
    const answer = await ask(
      {},
      { ...respondWith("UNAUTHORIZED", "Unauthorized"), checkUsage: () => expect.fail("asked") },
    );
    expect(answer.status).to.equal(401);
  });

  it("invokes no function for a caller that is rejected by the usage check, nor tells it what is missing of its parameters", async () => {
    const { send: ask, events } = fixture(validated, {
      checkUsage: () => ({ type: "QUOTA_EXCEEDED", message: "Limit Exceeded", reason: "test" }),
    });
    const answer = await ask("POST", "/dev/mymodel");
    expect([answer.status, answer.body]).to.deep.equal([429, '{"message":"Limit Exceeded"}']);
    expect(events).to.have.length(0);
  });

  it("gives the function the integration's time, 29 s unless declared", async () => {
    const times: number[] = [];
    const doubles: Doubles = { invocation: (_, timeoutMs) => (times.push(timeoutMs), ok) };
    await ask({}, doubles);
    await ask(
      { paths: { "/mymodel": { post: { "x-amazon-apigateway-integration": { ...proxy, timeoutInMillis: 50 } } } } },
      doubles,
    );
    expect(times).to.deep.equal([29_000, 50]);
  });

  it("demands in mode STRICT that the host is the name of the TLS handshake", async () => {
    const { send: ask } = fixture({ api: { endpointAccessMode: "STRICT" } });
    const status = async (serverName?: string): Promise<number> =>
      (await ask("POST", "/dev/mymodel", { serverName })).status;
    expect(await status("localhost")).to.equal(200);
    expect(await status("LOCALHOST")).to.equal(200);
    expect(await status("other.example")).to.equal(403);
    expect(await status()).to.equal(403);
  });

  it("tells no caller what failed, and the operator", async () => {
    const { send: ask, reasons } = fixture(
      {},
      { invocation: () => ({ kind: "error", errorType: "E", errorMessage: "password" }) },
    );
    const { body } = await ask("POST", "/dev/mymodel");
    expect(body).not.to.contain("password");
    expect(reasons).to.deep.equal(["the function failed"]);
  });

  const unservable: [what: string, integration: object | undefined][] = [
    ["no integration", undefined],
    ["an HTTP integration", { type: "http_proxy", httpMethod: "POST", uri: "https://example.com" }],
    ["another service of AWS", { type: "aws", httpMethod: "POST", uri: "arn:aws:apigateway:us-east-1:sqs:path/1/q" }],
    ["a uri of no function", { ...proxy, uri: "arn:aws:apigateway:us-east-1:s3:path/b" }],
    ["another method than POST", { ...proxy, httpMethod: "GET" }],
    ["a time of no length", { ...proxy, timeoutInMillis: 1 }],
    ["a mapping onto no parameter", { ...proxy, requestParameters: { "integration.request.body.a": "'b'" } }],
    ["a mapped text without quotes", { ...proxy, requestParameters: { "integration.request.header.a": "b" } }],
    [
      "a mapping that makes Lambda answer at once, for the function",
      { ...proxy, requestParameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" } },
    ],
    [
      "a mapping onto a MOCK",
      {
        type: "mock",
        requestTemplates: { "application/json": '{"statusCode": 200}' },
        requestParameters: { "integration.request.header.a": "'b'" },
      },
    ],
  ];
  for (const [what, integration] of unservable)
    it(`does not start with ${what}`, () =>
      expect(() => fixture({ paths: { "/mymodel": { post: { "x-amazon-apigateway-integration": integration } } } }))
        .to.throw(Unenforceable)
        .with.property("resource")
        .that.contains("POST /mymodel"));

  it("validates bodies only where its validator says so, after the authorization and the parameters", async () => {
    const post = {
      parameters: [{ name: "q", in: "query", required: true }],
      requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      "x-amazon-apigateway-integration": proxy,
    };
    const api = (validateRequestBody: boolean, doubles: Parameters<typeof fixture>[1] = {}) =>
      fixture(
        {
          document: {
            "x-amazon-apigateway-request-validator": "own",
            "x-amazon-apigateway-request-validators": { own: { validateRequestBody, validateRequestParameters: true } },
          },
          paths: { "/mymodel": { post } },
        },
        doubles,
      );
    const invalid = { body: Buffer.from("[]") };
    const refused = api(true);
    const { status, body, headers } = await refused.send("POST", "/dev/mymodel?q=1", invalid);
    expect([status, body]).to.deep.equal([400, '{"message":"Invalid request body"}']);
    expect(headers).to.include({ "x-amzn-errortype": "BadRequestException" });
    expect(refused.events).to.have.length(0);
    expect((await refused.send("POST", "/dev/mymodel", invalid)).body).to.contain(
      "Missing required request parameters",
    );
    expect((await refused.send("POST", "/dev/mymodel?q=1", { body: Buffer.from("{}") })).status).to.equal(200);
    expect((await api(false).send("POST", "/dev/mymodel?q=1", invalid)).status).to.equal(200);
    const nobody = { authorize: () => ({ type: "UNAUTHORIZED", message: "Unauthorized", reason: "r" }) as const };
    expect((await api(true, nobody).send("POST", "/dev/mymodel?q=1", invalid)).status).to.equal(401);
  });

  it("does not start with a model or a validator that it does not know", () => {
    const document = {
      "x-amazon-apigateway-request-validator": "all",
      "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
    };
    const content = { "application/json": { schema: { additionalProperties: false } } };
    const post = { requestBody: { content }, "x-amazon-apigateway-integration": proxy };
    expect(() => fixture({ document, paths: { "/mymodel": { post } } })).to.throw(
      Unenforceable,
      "additionalProperties",
    );
    expect(() => fixture({ document: { "x-amazon-apigateway-request-validator": "none" } })).to.throw(
      Unenforceable,
      "none",
    );
  });

  it("does not start without a stage, with two, or with one of another deployment", () => {
    expect(() => fixture({ stage: { restApi: "other" } })).to.throw(Unenforceable, "0 stages");
    expect(() => fixture({ stage: { deployment: "other" } })).to.throw(Unenforceable, "no deployment");
    expect(() => fixture({ stage: { stageName: "a/b" } })).to.throw(Unenforceable, "stageName");
  });

  it("lists its routes with their authorization", () => {
    const { api } = fixture();
    expect(api).to.include({
      name: "apiGateway",
      id: "abcdefghij",
      stage: "dev",
      basePath: "/dev",
      minVersion: "TLSv1.2",
    });
    expect(api.routes).to.deep.equal([{ method: "POST", path: "/mymodel", auth: "NONE", keyRequired: false }]);
    const { api: strict } = fixture({ api: { securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" } });
    expect(strict.minVersion).to.equal("TLSv1.3");
  });
});
