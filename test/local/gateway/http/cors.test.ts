import { expect } from "chai";
import type { HttpRequest } from "../../../../local/server/http-message";
import type { Declared } from "../fixture";
import { httpFixture, result, route } from "./fixture";

const origin = "https://app.example.com";
const cors = {
  allowOrigins: [origin],
  allowMethods: ["GET", "POST", "OPTIONS"],
  allowHeaders: ["authorization", "content-type"],
  exposeHeaders: ["x-a"],
  maxAge: 7200,
  allowCredentials: false,
};
const inDocument = (settings: object): Declared => ({ document: { "x-amazon-apigateway-cors": settings } });
const from = (sent: string | undefined, ...more: [string, string][]): Partial<HttpRequest> => ({
  headers: [["Host", "localhost"], ...(sent === undefined ? [] : ([["Origin", sent]] as [string, string][])), ...more],
});
const asks: [string, string] = ["Access-Control-Request-Method", "POST"];
const ofCors = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

describe("CORS of an HTTP API", () => {
  it("answers preflights by itself, on any path, with no authorizer and no function asked", async () => {
    const { send: ask, events } = httpFixture(inDocument(cors));
    for (const path of ["/dev/models", "/dev/none"]) {
      const { status, headers, body } = await ask("OPTIONS", path, from(origin, asks));
      expect(status).to.equal(204);
      expect(body).to.equal("");
      expect(ofCors(headers)).to.deep.equal({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET,POST,OPTIONS",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "7200",
      });
    }
    expect(events).to.have.length(0);
  });

  it("tells another origin nothing", async () => {
    const { send: ask } = httpFixture(inDocument(cors));
    for (const other of ["https://evil.example", `${origin}.evil.example`, "null", "http://app.example.com"]) {
      expect(ofCors((await ask("OPTIONS", "/dev/models", from(other, asks))).headers)).to.deep.equal({});
      expect(ofCors((await ask("POST", "/dev/models", from(other))).headers)).to.deep.equal({});
    }
  });

  it("stands on answers and errors alike, in place of what the function says", async () => {
    const payload = { statusCode: 200, headers: { "Access-Control-Allow-Origin": "*", "x-b": "1" }, body: "" };
    const { send: ask } = httpFixture(inDocument(cors), { invocation: () => result(payload) });
    const answered = { "access-control-allow-origin": origin, "access-control-expose-headers": "x-a" };
    expect(ofCors((await ask("POST", "/dev/models", from(origin))).headers)).to.deep.equal(answered);
    expect(ofCors((await ask("GET", "/dev/none", from(origin))).headers)).to.deep.equal(answered);
    expect(ofCors((await ask("POST", "/dev/models", from(undefined))).headers)).to.deep.equal({});
  });

  it("is no preflight without an origin and a method asked for: the route decides", async () => {
    const { send: ask } = httpFixture(inDocument(cors));
    expect((await ask("OPTIONS", "/dev/models", from(origin))).status).to.equal(404);
    expect((await ask("OPTIONS", "/dev/models", from(undefined, asks))).status).to.equal(404);
  });

  it("lets every origin in where it says so, and every one of a scheme", async () => {
    const any = httpFixture(inDocument({ ...cors, allowOrigins: ["*"] }));
    const { headers } = await any.send("POST", "/dev/models", from("https://x.example"));
    expect(headers["access-control-allow-origin"]).to.equal("*");
    const https = httpFixture(inDocument({ allowOrigins: ["https://*"], allowCredentials: true }));
    const allowed = (await https.send("POST", "/dev/models", from("https://x.example"))).headers;
    expect(ofCors(allowed)).to.deep.equal({
      "access-control-allow-origin": "https://x.example",
      "access-control-allow-credentials": "true",
    });
    expect(ofCors((await https.send("POST", "/dev/models", from("http://x.example"))).headers)).to.deep.equal({});
  });

  it("comes from the API's argument, which the provider applies over the document", async () => {
    const { send: ask } = httpFixture({ ...inDocument({ allowOrigins: ["*"] }), api: { corsConfiguration: cors } });
    const { headers } = await ask("POST", "/dev/models", from("https://evil.example"));
    expect(ofCors(headers)).to.deep.equal({});
  });

  it("leaves a preflight to a route that has OPTIONS, with its authorizer", async () => {
    const any = (fields: object) => ({ "/{proxy+}": { "x-amazon-apigateway-any-method": route(fields) } });
    const iam = httpFixture({ ...inDocument(cors), paths: any({ "x-amazon-apigateway-auth": { type: "AWS_IAM" } }) });
    expect((await iam.send("OPTIONS", "/dev/models", from(origin, asks))).status).to.equal(403);
    const open = httpFixture({ ...inDocument(cors), paths: any({}) });
    const { status, headers } = await open.send("OPTIONS", "/dev/models", from(origin, asks));
    expect(status).to.equal(200);
    expect(ofCors(headers)).to.include({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET,POST,OPTIONS",
    });
    expect(ofCors(headers)).not.to.have.property("access-control-expose-headers");
  });

  it("leaves a function's own headers alone where none is declared", async () => {
    const payload = { statusCode: 200, headers: { "access-control-allow-origin": "*" } };
    const { send: ask } = httpFixture({}, { invocation: () => result(payload) });
    expect(ofCors((await ask("POST", "/dev/models", from(origin))).headers)).to.have.property(
      "access-control-allow-origin",
    );
    expect((await ask("OPTIONS", "/dev/models", from(origin, asks))).status).to.equal(404);
  });

  const stops: [what: string, settings: object, why: string][] = [
    ["credentials from every origin", { allowOrigins: ["*"], allowCredentials: true }, "credentials from every origin"],
    ["a field that nobody knows", { ...cors, allowNobody: true }, "allowNobody"],
    ["a list that is none", { allowOrigins: "*" }, "allowOrigins"],
    ["a line break", { allowOrigins: ["a\r\nb"] }, "allowOrigins"],
    ["an origin without a scheme", { allowOrigins: ["localhost:3000"] }, "does not take"],
    ["a wildcard within an origin", { allowOrigins: ["https://*.example.com"] }, "does not take"],
    ["an age that is not a number", { maxAge: "1" }, "maxAge"],
  ];
  for (const [what, settings, why] of stops)
    it(`stops the start with ${what}`, () => {
      expect(() => httpFixture(inDocument(settings))).to.throw(why);
    });
});
