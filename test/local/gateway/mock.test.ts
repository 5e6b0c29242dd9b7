import { expect } from "chai";
import { type TestResponse, fixture } from "./fixture";
import { Unenforceable } from "../../../local/base/unenforceable";
import type { HttpRequest } from "../../../local/server/http-message";

const preflight = {
  type: "mock",
  requestTemplates: { "application/json": '{"statusCode": 204}' },
  contentHandling: "CONVERT_TO_TEXT",
  passthroughBehavior: "when_no_templates",
  responses: {
    default: { statusCode: "500" },
    "204": {
      statusCode: "204",
      responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'https://a.example'" },
    },
  },
};

/** The method's responses declare what the integration's map. */
const headers = { "Access-Control-Allow-Origin": {}, A: {} };
const responses = { "200": { headers }, "204": { headers } };

function ask(
  integration: object,
  types: string[] = ["*/*"],
  request: Partial<HttpRequest> = {},
): Promise<TestResponse> {
  const paths = { "/mymodel": { options: { responses, "x-amazon-apigateway-integration": integration } } };
  return fixture({ paths, api: { binaryMediaTypes: types } }).send("OPTIONS", "/dev/mymodel", request);
}

const typed = (type: string): Partial<HttpRequest> => ({
  headers: [
    ["Host", "h"],
    ["Content-Type", type],
  ],
});

describe("The MOCK integration", () => {
  it("answers a preflight with constants", async () => {
    const answer = await ask(preflight);
    expect(answer.status).to.equal(204);
    expect(answer.headers["access-control-allow-origin"]).to.equal("https://a.example");
    expect(answer.headers).to.have.property("x-amzn-requestid");
    expect(answer.headers).not.to.have.property("x-amzn-trace-id");
    expect(answer.body).to.equal("");
  });

  describe("with a template of listed origins", () => {
    const read = '#set($origin=$input.params("Origin"))#if($origin=="")#set($origin=$input.params("origin"))#end';
    const branch = (origin: string) =>
      `($origin=="${origin}")#set($context.responseOverride.header.Access-Control-Allow-Origin="${origin}")`;
    const templated = (template: string) => ({
      ...preflight,
      responses: { default: { statusCode: "204", responseTemplates: { "application/json": template } } },
    });
    const listed = templated(`${read}#if${branch("https://a.example")}#elseif${branch("https://b.example")}#end`);
    const from = (origin: string): Partial<HttpRequest> => ({
      headers: [
        ["Host", "h"],
        ["origin", origin],
      ],
    });

    it("names the caller's, and none to others", async () => {
      for (const origin of ["https://a.example", "https://b.example"]) {
        const answer = await ask(listed, ["*/*"], from(origin));
        expect(answer.status).to.equal(204);
        expect(answer.headers["access-control-allow-origin"]).to.equal(origin);
      }
      expect((await ask(listed, ["*/*"], from("https://c.example"))).headers).not.to.have.property(
        "access-control-allow-origin",
      );
      expect((await ask(listed)).headers).not.to.have.property("access-control-allow-origin");
    });
  });

  it("fails under */* without CONVERT_TO_TEXT, as on AWS", async () => {
    const binary = { ...preflight, contentHandling: undefined };
    const answer = await ask(binary);
    expect(answer.status).to.equal(500);
    expect(JSON.parse(answer.body)).to.deep.equal({ message: "Internal server error" });
    expect((await ask(binary, ["image/png"])).status).to.equal(204);
    expect((await ask(binary, ["image/png"], typed("image/png"))).status).to.equal(500);
  });

  it("rejects a type without a template by 415", async () => {
    expect((await ask(preflight, ["*/*"], typed("text/plain"))).status).to.equal(415);
    expect((await ask({ ...preflight, passthroughBehavior: "never" }, ["*/*"], typed("text/plain"))).status).to.equal(
      415,
    );
  });

  it("passes a body through where there is no template for it, and answers 500 when it names no status", async () => {
    const open = { ...preflight, passthroughBehavior: "when_no_match" };
    const body = (text: string): Partial<HttpRequest> => ({ ...typed("text/plain"), body: Buffer.from(text) });
    expect((await ask(open, ["*/*"], body(""))).status).to.equal(500);
    expect((await ask(open, ["*/*"], body("null"))).status).to.equal(500);
    expect((await ask(open, ["*/*"], body('{"statusCode":204}'))).status).to.equal(204);
  });

  it("falls back to the default response, and to 500 without one", async () => {
    const teapot = { ...preflight, requestTemplates: { "application/json": '{"statusCode":418}' } };
    const answered = {
      ...teapot,
      responses: { default: { statusCode: 200, responseTemplates: { "application/json": "{}" } } },
    };
    const answer = await ask(answered);
    expect([answer.status, answer.body]).to.deep.equal([200, "{}"]);
    expect((await ask({ ...teapot, responses: {} })).status).to.equal(500);
  });

  const unservable: [what: string, change: object][] = [
    ["a request template with a loop", { requestTemplates: { "application/json": "#foreach($a in $b)#end" } }],
    ["a request template of a variable that is not set", { requestTemplates: { "application/json": "$status" } }],
    ["a request template without a status", { requestTemplates: { "application/json": "{}" } }],
    ["a selection by a pattern of texts", { responses: { ".*Error.*": { statusCode: 200 } } }],
    ["a selection by a pattern that is none", { responses: { "2[0": { statusCode: 200 } } }],
    ["a response without a status", { responses: { default: {} } }],
    [
      "a response template with a variable that is not known",
      { responses: { default: { statusCode: 200, responseTemplates: { "application/json": "$context.none" } } } },
    ],
    [
      "a response header from the request",
      {
        responses: {
          default: {
            statusCode: 200,
            responseParameters: { "method.response.header.A": "integration.response.header.B" },
          },
        },
      },
    ],
  ];
  for (const [what, change] of unservable)
    it(`does not start with ${what}`, () => {
      const paths = {
        "/mymodel": { options: { responses, "x-amazon-apigateway-integration": { ...preflight, ...change } } },
      };
      expect(() => fixture({ paths })).to.throw(Unenforceable, "MOCK");
    });
});
