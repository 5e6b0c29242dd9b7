import { expect } from "chai";
import { type Doubles, fixture, type TestResponse } from "./fixture";
import { Unenforceable } from "../../../local/base/unenforceable";
import type { HttpRequest } from "../../../local/server/http-message";

type Settings = Record<string, unknown>;

const both = { "application/json": '{"error":$context.error.messageString,"message":$context.error.messageString}' };

function ask(
  settings: Settings,
  url = "/dev/none",
  request: Partial<HttpRequest> = {},
  doubles: Doubles = {},
): Promise<TestResponse> {
  const document = { "x-amazon-apigateway-gateway-responses": settings };
  return fixture({ document }, doubles).send("POST", url, request);
}

const failing: Doubles = { invocation: () => ({ kind: "error", errorType: "E", errorMessage: "" }) };

describe("The gateway responses of a REST API's document", () => {
  it("speak both names that clients look for", async () => {
    const answer = await ask({ DEFAULT_4XX: { responseTemplates: both } });
    expect(answer.body).to.equal('{"error":"Missing Authentication Token","message":"Missing Authentication Token"}');
    expect(answer.status).to.equal(403);
  });

  it("prefer a type's own setting, whole, to the default", async () => {
    const settings = {
      DEFAULT_4XX: { responseTemplates: both, responseParameters: { "gatewayresponse.header.X-Default": "'1'" } },
      MISSING_AUTHENTICATION_TOKEN: { statusCode: "404" },
    };
    const answer = await ask(settings);
    expect(answer.status).to.equal(404);
    expect(answer.body).to.equal('{"message":"Missing Authentication Token"}');
    expect(answer.headers).not.to.have.property("x-default");
  });

  it("let a default set the status of every type that has no setting", async () => {
    expect((await ask({ DEFAULT_4XX: { statusCode: 418 } })).status).to.equal(418);
    expect((await ask({ DEFAULT_5XX: { statusCode: 599 } }, "/dev/mymodel", {}, failing)).status).to.equal(599);
    expect((await ask({ DEFAULT_4XX: { statusCode: 418 } }, "/dev/mymodel", {}, failing)).status).to.equal(502);
  });

  it("say null where there is no message", async () => {
    const doubles: Doubles = {
      authorize: () => ({ type: "AUTHORIZER_CONFIGURATION_ERROR", message: null, reason: "" }),
    };
    expect((await ask({ DEFAULT_5XX: { responseTemplates: both } }, "/dev/mymodel", {}, doubles)).body).to.equal(
      '{"error":null,"message":null}',
    );
  });

  it("fill in what the call is, escaped for JSON", async () => {
    const template =
      '{"m":"$context.error.message","t":"$context.error.responseType","r":"$context.requestId","p":"$context.path","v":"$context.error.validationErrorString","u":"$context.identity.userAgent"}';
    const headers: [string, string][] = [
      ["Host", "h"],
      ["User-Agent", 'a"b\\c","admin":"yes'],
    ];
    const answer = await ask({ DEFAULT_4XX: { responseTemplates: { "application/json": template } } }, '/dev/x"y', {
      headers,
    });
    expect(JSON.parse(answer.body)).to.deep.equal({
      m: "Missing Authentication Token",
      t: "MISSING_AUTHENTICATION_TOKEN",
      r: answer.headers["x-amzn-requestid"],
      p: '/dev/x"y',
      v: "",
      u: 'a"b\\c","admin":"yes',
    });
  });

  it("set headers, static and from the request", async () => {
    const answer = await ask(
      {
        DEFAULT_4XX: {
          responseParameters: {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'https://a.example'",
            "gatewayresponse.header.X-Origin": "method.request.header.Origin",
            "gatewayresponse.header.X-Query": "method.request.querystring.q",
            "gatewayresponse.header.X-Absent": "method.request.header.Absent",
            "gatewayresponse.header.X-Id": "context.requestId",
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
          },
        },
      },
      "/dev/none?q=v",
      {
        headers: [
          ["Host", "h"],
          ["origin", "https://b.example"],
        ],
      },
    );
    expect(answer.headers).to.include({
      "access-control-allow-origin": "https://a.example",
      "x-origin": "https://b.example",
      "x-query": "v",
      "x-id": answer.headers["x-amzn-requestid"],
      "content-type": "application/problem+json",
    });
    expect(answer.headers).not.to.have.property("x-absent");
  });

  it("let no query write a header of its own", async () => {
    const settings = {
      DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.X-Q": "method.request.querystring.q" } },
    };
    const answer = await ask(settings, "/dev/none?q=a%0d%0aSet-Cookie:%20evil=1");
    expect(answer.headers).not.to.have.property("x-q");
  });

  it("never tell an API key or an access key", async () => {
    const template = '{"k":"$context.identity.apiKey$context.identity.accessKey"}';
    const doubles: Doubles = {
      ...failing,
      authorize: () => ({ identity: { accessKey: "AKIA" } }),
      checkUsage: () => ({ apiKeyId: "i", apiKey: "value" }),
    };
    const answer = await ask(
      { DEFAULT_5XX: { responseTemplates: { "application/json": template } } },
      "/dev/mymodel",
      {},
      doubles,
    );
    expect(answer.body).to.equal('{"k":""}');
  });

  const unservable: [what: string, setting: Settings][] = [
    ["an unknown type", { TEAPOT: {} }],
    ["a name of the prototype", { constructor: {} }],
    ["an unknown field", { DEFAULT_4XX: { template: "x" } }],
    ["the Velocity language", { DEFAULT_4XX: { responseTemplates: { "application/json": "#set($a = 1){}" } } }],
    ["a function of it", { DEFAULT_4XX: { responseTemplates: { "application/json": "$input.json('$')" } } }],
    ["an unknown variable", { DEFAULT_4XX: { responseTemplates: { "application/json": "$context.nothing" } } }],
    ["another media type", { DEFAULT_4XX: { responseTemplates: { "text/html": "<p>$context.error.message" } } }],
    ["a source that is no source", { DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.A": "b" } } }],
    ["a target that is no header", { DEFAULT_4XX: { responseParameters: { "gatewayresponse.path.a": "'b'" } } }],
    [
      "a header that frames the message",
      { DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.Content-Length": "'0'" } } },
    ],
    ["no status", { DEFAULT_4XX: { statusCode: "often" } }],
  ];
  for (const [what, setting] of unservable)
    it(`stop the start at ${what}`, () =>
      expect(() => fixture({ document: { "x-amazon-apigateway-gateway-responses": setting } })).to.throw(
        Unenforceable,
        "gateway-responses",
      ));
});
