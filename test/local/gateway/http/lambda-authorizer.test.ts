import { expect } from "chai";
import type { Invocation } from "../../../../local/functions/environments/invocation";
import { resource } from "../fixture";
import { executionArn, httpFixture, now, result, route } from "./fixture";

const authorizerArn = "arn:aws:lambda:us-east-1:123456789012:function:authorizer:live";
const invocationUri = (arn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

const scheme = (settings: object = {}, fields: object = {}) => ({
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authorizer": {
    type: "request",
    authorizerUri: invocationUri(authorizerArn),
    authorizerPayloadFormatVersion: "2.0",
    authorizerResultTtlInSeconds: 0,
    identitySource: "$request.header.Authorization",
    enableSimpleResponses: true,
    ...settings,
  },
  ...fields,
});

const permission = (sourceArn = `${executionArn}/authorizers/*`) =>
  resource("aws:lambda/permission:Permission", "authorizer", {
    action: "lambda:InvokeFunction",
    function: "authorizer",
    principal: "apigateway.amazonaws.com",
    qualifier: "live",
    sourceArn,
  });

const host = ["Host", "localhost"] as const;

type AuthorizerEvent = Readonly<Record<string, unknown>>;

/** An API whose authorizer answers as told, at a time that the test moves. */
function anApi(
  answers: (event: AuthorizerEvent) => Invocation,
  settings: object = {},
  { integration = {}, fields = {}, more = [permission()], stage = {} } = {},
) {
  const time = { now };
  const authorizerEvents: AuthorizerEvent[] = [];
  const fixture = httpFixture(
    {
      paths: {
        "/a": { get: route({ security: [{ auth: [] }] }, integration) },
        "/b/{id}": { post: route({ security: [{ auth: [] }] }, integration) },
      },
      document: { components: { securitySchemes: { auth: scheme(settings, fields) } } },
      more,
      stage,
    },
    {
      clock: () => time.now,
      invocation: (event) => {
        if ((event as unknown as AuthorizerEvent)["type"] !== "REQUEST")
          return result({ statusCode: 200, body: JSON.stringify(event.requestContext["authorizer"] ?? "none") });
        authorizerEvents.push(event as unknown as AuthorizerEvent);
        return answers(event as unknown as AuthorizerEvent);
      },
    },
  );
  const post = (headers: readonly (readonly [string, string])[], url = "/dev/b/1", body = "") =>
    fixture.send("POST", url, { headers: [host, ...headers], body: Buffer.from(body) });
  const get = (token: string | undefined, url = "/dev/a") =>
    fixture.send("GET", url, { headers: token === undefined ? [host] : [host, ["Authorization", token]] });
  return { ...fixture, authorizerEvents, time, get, post };
}

const yes = result({ isAuthorized: true });
const policy = (Effect: string, Resource: unknown, more: object = {}): Invocation =>
  result({
    principalId: "somebody",
    policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
    ...more,
  });

describe("A Lambda authorizer of an HTTP API", () => {
  it("gets the request without its body, in format 2.0", async () => {
    const api = anApi(() => yes, { identitySource: "$request.header.Authorization, $request.querystring.q" });
    await api.post([["Authorization", "t"], ["Cookie", "c=1"]], "/dev/b/x%20y?q=1&q=2", "secret"); // oxfmt-ignore
    const { requestContext, headers: sent, ...event } = api.authorizerEvents[0] as Record<string, object>;
    expect(event).to.deep.equal({
      version: "2.0",
      type: "REQUEST",
      routeArn: `${executionArn}/dev/POST/b/x%20y`,
      identitySource: ["t", "1,2"],
      routeKey: "POST /b/{id}",
      rawPath: "/dev/b/x y",
      rawQueryString: "q=1&q=2",
      cookies: ["c=1"],
      queryStringParameters: { q: "1,2" },
      pathParameters: { id: "x y" },
    });
    expect(sent).to.include({ authorization: "t" });
    expect(requestContext).to.include({ routeKey: "POST /b/{id}", stage: "dev" });
    expect(requestContext).not.to.have.property("authorizer");
  });

  it("gets the request as a REST API's authorizer does, in format 1.0", async () => {
    const settings = { authorizerPayloadFormatVersion: "1.0", enableSimpleResponses: false };
    const api = anApi(({ methodArn }) => policy("Allow", methodArn), settings);
    expect((await api.get("t")).status).to.equal(200);
    const { requestContext, headers, ...event } = api.authorizerEvents[0] as Record<string, object>;
    expect(event).to.deep.equal({
      version: "1.0",
      type: "REQUEST",
      methodArn: `${executionArn}/dev/GET/a`,
      identitySource: "t",
      authorizationToken: "t",
      resource: "/a",
      path: "/dev/a",
      httpMethod: "GET",
      queryStringParameters: {},
      pathParameters: {},
      stageVariables: {},
    });
    expect(headers).to.include({ Authorization: "t" });
    expect(requestContext).to.include({ stage: "dev", resourcePath: "/a" });
  });

  it("hands its context to the function: as it is in format 2.0, as texts in 1.0, null without one", async () => {
    const context = { text: "a", number: 1, yes: true, list: ["a"], map: { b: 1 } };
    const simple = anApi(() => result({ isAuthorized: true, context }));
    expect(JSON.parse((await simple.get("t")).body)).to.deep.equal({ lambda: context });
    const iam = anApi(() => policy("Allow", "*", { context }), { enableSimpleResponses: false });
    expect(JSON.parse((await iam.get("t")).body)).to.deep.equal({ lambda: context });
    const older = { authorizerPayloadFormatVersion: "1.0", enableSimpleResponses: false };
    const scalars = anApi(() => policy("Allow", "*", { context: { number: 1 } }), older);
    expect(JSON.parse((await scalars.get("t")).body)).to.deep.equal({ lambda: { number: "1" } });
    const without = anApi(() => yes);
    expect(JSON.parse((await without.get("t")).body)).to.deep.equal({ lambda: null });
    const flat = anApi(() => result({ isAuthorized: true, context }), {}, { integration: { payloadFormatVersion: "1.0" } }); // oxfmt-ignore
    expect(JSON.parse((await flat.get("t")).body)).to.deep.equal(context);
  });

  const denied: [what: string, answer: Invocation, status: number, settings?: object][] = [
    ["isAuthorized is false", result({ isAuthorized: false }), 403],
    ["isAuthorized is a text", result({ isAuthorized: "true" }), 500],
    ["isAuthorized is absent", result({}), 500],
    ["it returns nothing", result(null), 500],
    ["it returns a list", result([true]), 500],
    ["its context is a text", result({ isAuthorized: true, context: "a" }), 500],
    ["it returns a policy, though simple responses are enabled", policy("Allow", "*"), 500],
    ["it returns isAuthorized, though they are not", yes, 500, { enableSimpleResponses: false }],
    ["its policy denies", policy("Deny", "*"), 403, { enableSimpleResponses: false }],
    ["its policy allows another route", policy("Allow", `${executionArn}/dev/GET/b`), 403, { enableSimpleResponses: false }], // oxfmt-ignore
    ["its policy is none", policy("Perhaps", "*"), 500, { enableSimpleResponses: false }],
    ["its policy has a condition that is not supported", result({ principalId: "a", policyDocument: { Statement: [{ Action: "*", Effect: "Allow", Resource: "*", Condition: { StringEquals: { "new:Key": "a" } } }] } }), 403, { enableSimpleResponses: false }], // oxfmt-ignore
    ["its context has a list, in format 1.0", policy("Allow", "*", { context: { a: [] } }), 500, { enableSimpleResponses: false, authorizerPayloadFormatVersion: "1.0" }], // oxfmt-ignore
    ["it throws", { kind: "error", errorType: "Error", errorMessage: "Unauthorized" } as Invocation, 500],
    ["it takes too long", { kind: "timeout" } as Invocation, 500],
    ["it has no concurrency left", { kind: "throttled" } as Invocation, 500],
  ];
  for (const [what, answer, status, settings] of denied)
    it(`lets nobody in if ${what}: ${status}`, async () => {
      const api = anApi(() => answer, settings);
      const response = await api.get("t");
      const message = status === 403 ? "Forbidden" : "Internal Server Error";
      expect([response.status, response.body]).to.deep.equal([status, `{"message":"${message}"}`]);
      expect(api.events, "the function was invoked, too").to.have.length(1);
    });

  it("is not invoked without a permission of its own: 500", async () => {
    for (const more of [[], [permission(`${executionArn}/dev/*`)]]) {
      const api = anApi(() => yes, {}, { more });
      expect((await api.get("t")).status).to.equal(500);
      expect(api.events).to.have.length(0);
    }
  });

  const unasked: [what: string, source: string, url: string, token?: string][] = [
    ["no header", "$request.header.Authorization", "/dev/a"],
    ["an empty header", "$request.header.Authorization", "/dev/a", ""],
    ["a blank header", "$request.header.Authorization", "/dev/a", " "],
    ["a query parameter of another case", "$request.querystring.Tenant", "/dev/a?tenant=1", "t"],
    ["one of two sources", "$request.header.Authorization,$request.querystring.q", "/dev/a", "t"],
    ["a stage variable that the stage lacks", "$stageVariables.tenant", "/dev/a", "t"],
    ["a stage variable named as an object's own property", "$stageVariables.constructor", "/dev/a", "t"],
  ];
  for (const [what, identitySource, url, token] of unasked)
    it(`is not invoked for ${what}: 401`, async () => {
      const api = anApi(() => yes, { identitySource });
      const response = await api.get(token, url);
      expect([response.status, response.body]).to.deep.equal([401, `{"message":"Unauthorized"}`]);
      expect(api.events).to.have.length(0);
    });

  it("reads identity sources from the context and the stage's variables", async () => {
    const identitySource = "$context.routeKey, $stageVariables.tenant";
    const api = anApi(() => yes, { identitySource }, { stage: { stageVariables: { tenant: "one" } } });
    expect((await api.get(undefined)).status).to.equal(200);
    expect(api.authorizerEvents[0]).to.have.deep.property("identitySource", ["GET /a", "one"]);
  });

  it("is invoked for every request if it has no identity source", async () => {
    const api = anApi(() => result({ isAuthorized: false }), { identitySource: undefined });
    expect((await api.get(undefined)).status).to.equal(403);
    expect(api.authorizerEvents[0]).to.have.property("identitySource", null);
  });

  describe("with a cache", () => {
    const cached = { authorizerResultTtlInSeconds: 60 };

    it("is invoked once for the same identity, on all its routes, until the time is over", async () => {
      const api = anApi(() => yes, cached);
      await api.get("t");
      await api.post([["authorization", "t"]]);
      api.time.now += 59_999;
      await api.get("t");
      expect(api.authorizerEvents).to.have.length(1);
      await api.get("another");
      expect(api.authorizerEvents).to.have.length(2);
      api.time.now += 1;
      await api.get("t");
      expect(api.authorizerEvents).to.have.length(3);
    });

    it("is invoked anew if any value of an identity source differs", async () => {
      const api = anApi(() => yes, { ...cached, identitySource: "$request.querystring.q" });
      for (const query of ["q=a", "q=a&q=b", "q=b", "q=a%2Cb"]) await api.get("t", `/dev/a?${query}`);
      expect(api.authorizerEvents).to.have.length(4);
    });

    it("keeps a no", async () => {
      const api = anApi(() => result({ isAuthorized: false }), cached);
      await api.get("t");
      expect((await api.get("t")).status).to.equal(403);
      expect(api.authorizerEvents).to.have.length(1);
    });

    it("keeps neither an error nor an answer of another form", async () => {
      for (const answer of [{ kind: "timeout" } as Invocation, result({ isAuthorized: 1 })]) {
        const api = anApi(() => answer, cached);
        await api.get("t");
        await api.get("t");
        expect(api.authorizerEvents).to.have.length(2);
      }
    });

    it("evaluates a kept policy for each route", async () => {
      const api = anApi(({ routeArn }) => policy("Allow", routeArn), { ...cached, enableSimpleResponses: false });
      expect((await api.get("t")).status).to.equal(200);
      expect((await api.post([["authorization", "t"]])).status).to.equal(403);
      expect(api.authorizerEvents).to.have.length(1);
    });
  });

  const stops: [what: string, settings: object, why: string, fields?: object][] = [
    ["no payload format", { authorizerPayloadFormatVersion: undefined }, "authorizerPayloadFormatVersion"],
    ["an unknown payload format", { authorizerPayloadFormatVersion: "3.0" }, "authorizerPayloadFormatVersion"],
    ["simple responses in format 1.0", { authorizerPayloadFormatVersion: "1.0" }, "enableSimpleResponses needs"],
    ["simple responses that are a text", { enableSimpleResponses: "false" }, "enableSimpleResponses"],
    ["no time to live", { authorizerResultTtlInSeconds: undefined }, "authorizerResultTtlInSeconds is not set"],
    ["a time to live over an hour", { authorizerResultTtlInSeconds: 3601 }, "within 0 to 3600"],
    ["a negative time to live", { authorizerResultTtlInSeconds: -1 }, "within 0 to 3600"],
    ["a cache without identity sources", { identitySource: "", authorizerResultTtlInSeconds: 1 }, "cannot be cached"],
    ["an identity source of a REST API", { identitySource: "method.request.header.Authorization" }, "cannot be read"],
    ["an identity source of the body", { identitySource: "$request.body.token" }, "cannot be read"],
    ["a context variable that is not known yet", { identitySource: "$context.status" }, "cannot be read"],
    ["identity sources as a list", { identitySource: ["$context.stage"] }, "not a string"],
    ["a role to invoke with", { authorizerCredentials: "arn" }, "authorizerCredentials"],
    ["a validation of tokens", { identityValidationExpression: "a" }, "identityValidationExpression"],
    ["no function", { authorizerUri: "https://example.com" }, "authorizerUri"],
    ["a scheme of another type", {}, "apiKey", { type: "oauth2" }],
    ["a scheme of REST APIs", {}, "neither a JWT authorizer", { "x-amazon-apigateway-authtype": "custom" }],
  ];
  for (const [what, settings, why, fields] of stops)
    it(`stops the start with ${what}`, () => {
      expect(() => anApi(() => yes, settings, { fields })).to.throw(why);
    });

  it("stops the start with scopes, which it would not see", () => {
    const declared = {
      paths: { "/a": { get: route({ security: [{ auth: ["predict"] }] }) } },
      document: { components: { securitySchemes: { auth: scheme() } } },
    };
    expect(() => httpFixture(declared)).to.throw("takes no scopes");
  });

  it("says in the access log why it let nobody in", async () => {
    const log = { accessLogSettings: { destinationArn: "a", format: "$context.authorizer.error" } };
    const api = anApi(() => result({}), {}, { stage: log });
    await api.get("t");
    expect(api.accessLog).to.deep.equal(["the authorizer's answer: isAuthorized is not a boolean"]);
  });
});
