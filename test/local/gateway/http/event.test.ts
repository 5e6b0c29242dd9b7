import { expect } from "chai";
import type { HttpRequest } from "../../../../local/server/http-message";
import type { HttpApiEvent } from "../../../../local/gateway/http-api/http-api-event";
import type { Declared } from "../fixture";
import { httpFixture, route } from "./fixture";

async function eventOf(url: string, options: Partial<HttpRequest> = {}, declared?: Declared): Promise<HttpApiEvent> {
  const { send: ask, events } = httpFixture(declared);
  const { status } = await ask("POST", url, options);
  expect(status).to.equal(200);
  return JSON.parse(JSON.stringify(events[0])) as HttpApiEvent;
}

const host: [string, string] = ["Host", "localhost:8443"];

describe("The event of an HTTP API", () => {
  it("is payload version 2.0, whole", async () => {
    const declared: Declared = {
      paths: { "/v2/models/{model}/infer": { post: route() } },
      stage: { stageVariables: { colour: "blue" } },
    };
    const event = await eventOf(
      "/dev/v2/models/my%20model/infer?a=1&b=%20x&a=2&c",
      {
        headers: [
          host,
          ["User-Agent", "tests/1"],
          ["X-Many", "1"],
          ["x-many", "2"],
          ["Cookie", "one=1; two=2"],
          ["Content-Type", "application/json; charset=utf-8"],
          ["Connection", "keep-alive"],
          ["X-Forwarded-For", "203.0.113.9"],
          ["X-Forwarded-Proto", "http"],
          ["X-Amzn-Trace-Id", "forged"],
        ],
        body: Buffer.from('{"é":1}'),
      },
      declared,
    );
    const { requestId, ...context } = event.requestContext;
    const { "x-amzn-trace-id": trace, ...headers } = event.headers;
    expect(requestId).to.match(/^[\w-]{15}=$/);
    expect(trace).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect({ ...event, requestContext: context, headers }).to.deep.equal({
      version: "2.0",
      routeKey: "POST /v2/models/{model}/infer",
      rawPath: "/dev/v2/models/my model/infer",
      rawQueryString: "a=1&b=%20x&a=2&c",
      cookies: ["one=1", "two=2"],
      headers: {
        host: "localhost:8443",
        "user-agent": "tests/1",
        "x-many": "1,2",
        "content-type": "application/json; charset=utf-8",
        "x-forwarded-for": "203.0.113.9, 127.0.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
      },
      queryStringParameters: { a: "1,2", b: " x", c: "" },
      requestContext: {
        accountId: "123456789012",
        apiId: "httpapi123",
        domainName: "httpapi123.execute-api.us-east-1.amazonaws.com",
        domainPrefix: "httpapi123",
        http: {
          method: "POST",
          path: "/dev/v2/models/my model/infer",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "tests/1",
        },
        routeKey: "POST /v2/models/{model}/infer",
        stage: "dev",
        time: "21/Nov/2026:07:08:09 +0000",
        timeEpoch: 1795244889123,
      },
      pathParameters: { model: "my model" },
      stageVariables: { colour: "blue" },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  it("leaves out what there is none of, instead of null", async () => {
    const event = await eventOf("/dev/models", { headers: [host] });
    for (const field of ["body", "cookies", "queryStringParameters", "pathParameters", "stageVariables"])
      expect(event).not.to.have.property(field);
    for (const field of ["authorizer", "authentication"]) expect(event.requestContext).not.to.have.property(field);
    expect(event.isBase64Encoded).to.equal(false);
  });

  const bodies: [what: string, type: string | undefined, body: Buffer, base64: boolean][] = [
    ["JSON", "application/json", Buffer.from("{}"), false],
    ["JSON with parameters", "Application/JSON;charset=utf-8", Buffer.from("{}"), false],
    ["XML", "application/xml", Buffer.from("<a/>"), false],
    ["any text", "text/csv", Buffer.from("a,b"), false],
    ["a form", "application/x-www-form-urlencoded", Buffer.from("a=b"), true],
    ["binary tensors", "application/octet-stream", Buffer.from([0, 255]), true],
    ["a body without a type", undefined, Buffer.from("{}"), true],
    ["compressed JSON", "application/json", Buffer.from([0x1f, 0x8b, 0xff]), true],
  ];
  for (const [what, type, body, base64] of bodies)
    it(`carries ${what} as ${base64 ? "base64" : "text"}`, async () => {
      const headers: [string, string][] = type === undefined ? [host] : [host, ["content-type", type]];
      const event = await eventOf("/dev/models", { headers, body });
      expect(event.isBase64Encoded).to.equal(base64);
      expect(Buffer.from(event.body!, base64 ? "base64" : "utf8")).to.deep.equal(body);
    });

  it("shows the client certificate of mutual TLS", async () => {
    const clientCert = {
      clientCertPem: "PEM",
      subjectDN: "CN=c",
      issuerDN: "CN=i",
      serialNumber: "01:02",
      validity: { notBefore: "a", notAfter: "b" },
    };
    const { requestContext } = await eventOf("/dev/models", { clientCert });
    expect(requestContext["authentication"]).to.deep.equal({ clientCert });
  });

  it("keeps names that a caller chose from meaning anything", async () => {
    const { send: ask, events } = httpFixture();
    await ask("POST", "/dev/models?__proto__=1&constructor=2", { headers: [host, ["__proto__", "x"]] });
    expect(Object.keys(events[0]!.queryStringParameters!)).to.deep.equal(["__proto__", "constructor"]);
    expect(Object.keys(events[0]!.headers)).to.include("__proto__");
  });
});
