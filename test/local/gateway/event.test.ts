import { expect } from "chai";
import { fixture, type Doubles, proxy, type Declared } from "./fixture";
import type { HttpRequest } from "../../../local/server/http-message";

const paths = {
  "/mymodel": { post: { "x-amazon-apigateway-integration": proxy } },
  "/v2/models/{model}": { get: { "x-amazon-apigateway-integration": proxy } },
};

async function eventOf(
  method: string,
  url: string,
  options: Partial<HttpRequest> = {},
  declared: Declared = {},
  doubles: Doubles = {},
): Promise<Record<string, unknown>> {
  const { send: ask, events } = fixture({ paths, ...declared }, doubles);
  await ask(method, url, options);
  expect(events).to.have.length(1);
  return JSON.parse(JSON.stringify(events[0])) as Record<string, unknown>;
}

describe("The event of a REST API", () => {
  it("is whole", async () => {
    const headers: [string, string][] = [
      ["Host", "localhost:8443"],
      ["User-Agent", "test/1"],
      ["X-Twice", "1"],
      ["Connection", "keep-alive"],
      ["Content-Length", "2"],
      ["x-twice", "2"],
      ["tEsT", "v"],
    ];
    const event = await eventOf("POST", "/dev/mymodel/?a=1&a=2&b=x+y", { headers, body: Buffer.from("{}") });
    const context = event["requestContext"] as Record<string, unknown>;
    const { requestId, extendedRequestId, resourceId } = context;
    expect(requestId).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(extendedRequestId).to.match(/^[\w-]{15}=$/);
    expect(resourceId).to.match(/^[0-9a-f]{6}$/);
    const trace = `Root=1-6a0ff5f9-${String(requestId).replaceAll("-", "").slice(0, 24)}`.replace(
      "6a0ff5f9",
      Math.floor(Date.UTC(2026, 10, 21, 7, 8, 9) / 1000).toString(16),
    );
    expect(event).to.deep.equal({
      resource: "/mymodel",
      path: "/mymodel/",
      httpMethod: "POST",
      headers: {
        Host: "localhost:8443",
        "User-Agent": "test/1",
        "X-Twice": "2",
        tEsT: "v",
        "X-Forwarded-For": "127.0.0.1",
        "X-Amzn-Trace-Id": trace,
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
      },
      multiValueHeaders: {
        Host: ["localhost:8443"],
        "User-Agent": ["test/1"],
        "X-Twice": ["1", "2"],
        tEsT: ["v"],
        "X-Forwarded-For": ["127.0.0.1"],
        "X-Amzn-Trace-Id": [trace],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
      },
      queryStringParameters: { a: "2", b: "x y" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["x y"] },
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        resourceId,
        resourcePath: "/mymodel",
        httpMethod: "POST",
        extendedRequestId,
        requestTime: "21/Nov/2026:07:08:09 +0000",
        path: "/dev/mymodel/",
        accountId: "123456789012",
        protocol: "HTTP/1.1",
        stage: "dev",
        domainPrefix: "abcdefghij",
        requestTimeEpoch: Date.UTC(2026, 10, 21, 7, 8, 9, 123),
        requestId,
        identity: {
          cognitoIdentityPoolId: null,
          accountId: null,
          cognitoIdentityId: null,
          caller: null,
          sourceIp: "127.0.0.1",
          principalOrgId: null,
          accessKey: null,
          cognitoAuthenticationType: null,
          cognitoAuthenticationProvider: null,
          userArn: null,
          userAgent: "test/1",
          user: null,
        },
        domainName: "abcdefghij.execute-api.us-east-1.amazonaws.com",
        deploymentId: "dep123",
        apiId: "abcdefghij",
      },
      body: "{}",
      isBase64Encoded: false,
    });
  });

  it("says null where there is no query, body, parameter or variable", async () => {
    const event = await eventOf("POST", "/dev/mymodel?");
    for (const field of [
      "queryStringParameters",
      "multiValueQueryStringParameters",
      "pathParameters",
      "stageVariables",
      "body",
    ])
      expect(event[field], field).to.equal(null);
    expect(event["isBase64Encoded"]).to.equal(false);
  });

  it("hands path parameters on as they were sent", async () => {
    const event = await eventOf("GET", "/dev/v2/models/test%2Balias@x.com");
    expect(event["pathParameters"]).to.deep.equal({ model: "test%2Balias@x.com" });
    expect(event["path"]).to.equal("/v2/models/test%2Balias@x.com");
    expect(event["resource"]).to.equal("/v2/models/{model}");
  });

  it("carries stage variables", async () => {
    const event = await eventOf("POST", "/dev/mymodel", {}, { stage: { variables: { a: "b" } } });
    expect(event["stageVariables"]).to.deep.equal({ a: "b" });
  });

  it("names the caller that the authorization found, and the key that was accepted", async () => {
    const event = await eventOf(
      "POST",
      "/dev/mymodel",
      {},
      {},
      {
        authorize: () => ({
          authorizer: { principalId: "p", scopes: "predict" },
          identity: { accountId: "1", caller: "c", user: "u", userArn: "arn", accessKey: "k" },
        }),
        checkUsage: () => ({ apiKeyId: "key1", apiKey: "value" }),
      },
    );
    const context = event["requestContext"] as { authorizer: unknown; identity: Record<string, unknown> };
    expect(context.authorizer).to.deep.equal({ principalId: "p", scopes: "predict" });
    expect(context.identity).to.include({ accountId: "1", caller: "c", user: "u", userArn: "arn", accessKey: "k" });
    expect(context.identity).to.include({ apiKeyId: "key1", apiKey: "value" });
  });

  it("lets no caller say where a request came from", async () => {
    const headers: [string, string][] = [
      ["Host", "evil.example"],
      ["X-Forwarded-For", "10.0.0.1"],
      ["x-forwarded-for", "10.0.0.2"],
      ["x-Forwarded-proto", "http"],
      ["x-forwarded-port", "80"],
      ["X-Amzn-Trace-Id", "Root=1-evil\tX"],
    ];
    const event = await eventOf("POST", "/dev/mymodel", { headers });
    const sent = event["headers"] as Record<string, string>;
    expect(sent["X-Forwarded-For"]).to.equal("10.0.0.1, 10.0.0.2, 127.0.0.1");
    expect(sent["X-Forwarded-Proto"]).to.equal("https");
    expect(sent).not.to.have.any.keys("x-Forwarded-proto", "x-forwarded-port");
    expect(sent["X-Forwarded-Port"]).to.equal("443");
    expect(sent["X-Amzn-Trace-Id"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect((event["requestContext"] as Record<string, unknown>)["domainName"]).not.to.contain("evil");
  });

  it("goes on with a trace that the caller began", async () => {
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const event = await eventOf("POST", "/dev/mymodel", {
      headers: [
        ["Host", "h"],
        ["X-Amzn-Trace-Id", trace],
      ],
    });
    expect((event["headers"] as Record<string, string>)["X-Amzn-Trace-Id"]).to.equal(trace);
  });

  it("keeps a header or parameter called __proto__ a mere name", async () => {
    const event = await eventOf("POST", "/dev/mymodel?__proto__=x", {
      headers: [
        ["Host", "h"],
        ["__proto__", "y"],
      ],
    });
    const own = (field: string): unknown =>
      Object.getOwnPropertyDescriptor(event[field], "__proto__")?.value as unknown;
    expect(own("queryStringParameters")).to.equal("x");
    expect(own("headers")).to.equal("y");
  });

  const bodies: [types: string[], contentType: string | undefined, base64: boolean][] = [
    [["*/*"], undefined, true],
    [["*/*"], "application/json", true],
    [["application/octet-stream"], "application/octet-stream; x=y", true],
    [["application/octet-stream"], "Application/Octet-Stream", true],
    [["application/octet-stream"], "application/json", false],
    [["application/octet-stream"], undefined, false],
    [[], "application/octet-stream", false],
  ];
  for (const [types, contentType, base64] of bodies)
    it(`carries a body of ${contentType ?? "no type"} as ${base64 ? "base64" : "text"} under [${types.join()}]`, async () => {
      const headers: [string, string][] = [["Host", "h"]];
      if (contentType !== undefined) headers.push(["Content-Type", contentType]);
      const document = { "x-amazon-apigateway-binary-media-types": types };
      const event = await eventOf("POST", "/dev/mymodel", { headers, body: Buffer.from("h\u00e9") }, { document });
      expect(event["body"]).to.equal(base64 ? Buffer.from("h\u00e9").toString("base64") : "h\u00e9");
      expect(event["isBase64Encoded"]).to.equal(base64);
    });
});
