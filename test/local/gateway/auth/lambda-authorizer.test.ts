import { expect } from "chai";
import type { Resource } from "../../../../graph/resource";
import type { Functions, Invocation } from "../../../../local/functions/environments/invocation";
import { type ApiRequest, type Caller, methodArn } from "../../../../local/server/api-request";
import type { GatewayResponse } from "../../../../local/gateway/request/exchange";
import type { OpenApiSecurityScheme } from "../../../../graph/openapi";
import { LambdaAuthorizer } from "../../../../local/gateway/auth/lambda/lambda-authorizer";
import { authorizerSettings } from "../../../../local/gateway/auth/lambda/authorizer-settings";
import { authorizationOf } from "../../../../local/gateway/rest/rest-authorization";
import { identitiesOf } from "../../../../local/iam/identities";
import { aRequest, api, now } from "./a-request";
import { aDocument, anOperation, functionArn, requestAuthorizer, tokenAuthorizer } from "./a-document";
import { aGraph, aResource } from "./a-graph";

const everything = `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/dev/*`;
const statement = (Effect: string, Resource: string, more: object = {}): object => ({
  Effect,
  Action: "execute-api:Invoke",
  Resource,
  ...more,
});
const answer = (statements: object[], more: object = {}): object => ({
  principalId: "somebody",
  policyDocument: { Version: "2012-10-17", Statement: statements },
  ...more,
});
const allowing = answer([statement("Allow", everything)]);
const result = (payload: unknown): Invocation => ({ kind: "result", payload });

const permission = (different: object = {}): Resource =>
  aResource("aws:lambda/permission:Permission", "authorizer", {
    action: "lambda:InvokeFunction",
    function: "authorizer",
    qualifier: "live",
    principal: "apigateway.amazonaws.com",
    sourceArn: `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/authorizers/*`,
    ...different,
  });

interface Invoked {
  readonly functionArn: string;
  readonly event: Record<string, unknown>;
}

/** An authorizer whose function answers as told, at a time that the test moves. */
function anAuthorizer(
  answers: (event: Record<string, unknown>) => Invocation,
  scheme = tokenAuthorizer(),
  ...resources: Resource[]
) {
  const time = { now };
  const invoked: Invoked[] = [];
  const functions: Functions = {
    invoke: (arn, event) => {
      invoked.push({ functionArn: arn, event: event as Record<string, unknown> });
      return Promise.resolve(answers(event as Record<string, unknown>));
    },
  };
  const graph = aGraph(...(resources.length > 0 ? resources : [permission()]));
  const authorizer = new LambdaAuthorizer(authorizerSettings({ name: "custom", scheme }), {
    graph,
    functions,
    clock: () => time.now,
  });
  return { authorizer, invoked, time };
}

const withToken = (token: string, different: Partial<ApiRequest> = {}): ApiRequest =>
  aRequest({ headers: [["Authorization", token]], ...different });
const resultOf = (outcome: Caller | GatewayResponse): string =>
  "type" in outcome ? `${outcome.type} ${outcome.message}` : "let through";

describe("a token authorizer", () => {
  it("is asked with the token and the method's ARN, and its word reaches the function", async () => {
    const context = { subject: "s", number: 7, yes: true };
    const { authorizer, invoked, time } = anAuthorizer(() => {
      time.now += 12;
      return result(answer([statement("Allow", everything)], { context }));
    });
    expect(await authorizer.authorize(withToken("Bearer t"))).to.deep.equal({
      authorizer: { subject: "s", number: "7", yes: "true", principalId: "somebody", integrationLatency: 12 },
      usageIdentifierKey: undefined,
    });
    expect(invoked).to.deep.equal([
      {
        functionArn,
        event: { type: "TOKEN", methodArn: methodArn(aRequest()), authorizationToken: "Bearer t" },
      },
    ]);
  });

  it("hands on the API key that it names", async () => {
    const { authorizer } = anAuthorizer(() =>
      result(answer([statement("Allow", everything)], { usageIdentifierKey: "key" })),
    );
    expect(await authorizer.authorize(withToken("t"))).to.have.property("usageIdentifierKey", "key");
  });

  const unasked: Record<string, [ApiRequest, OpenApiSecurityScheme?]> = {
    "no token": [aRequest()],
    "an empty token": [withToken("")],
    "a blank token": [withToken("  ")],
    "two tokens": [
      withToken("a", {
        headers: [
          ["Authorization", "a"],
          ["authorization", "b"],
        ],
      }),
    ],
    "a token that its pattern refuses": [
      withToken("Basic x"),
      tokenAuthorizer({ identityValidationExpression: "Bearer .+" }),
    ],
    "a token in another header": [aRequest({ headers: [["X-Authorization", "Bearer t"]] })],
  };
  for (const [name, [call, scheme]] of Object.entries(unasked))
    it(`answers 401 unasked: ${name}`, async () => {
      const { authorizer, invoked } = anAuthorizer(() => result(allowing), scheme);
      expect(resultOf(await authorizer.authorize(call))).to.equal("UNAUTHORIZED Unauthorized");
      expect(invoked).to.deep.equal([]);
    });

  const error = (errorMessage: string): Invocation => ({ kind: "error", errorType: "Error", errorMessage });
  const configuration = "AUTHORIZER_CONFIGURATION_ERROR null";
  const denied = "ACCESS_DENIED User is not authorized to access this resource";
  const answers: Record<string, [Invocation, string]> = {
    "throws Unauthorized": [error("Unauthorized"), "UNAUTHORIZED Unauthorized"],
    "throws unauthorized in lower case": [error("unauthorized"), "AUTHORIZER_FAILURE null"],
    "throws Unauthorized and more": [error("Unauthorized: expired"), "AUTHORIZER_FAILURE null"],
    "throws something else": [error("boom"), "AUTHORIZER_FAILURE null"],
    "runs into the gateway's time limit": [{ kind: "timeout" }, "AUTHORIZER_FAILURE null"],
    "is throttled": [{ kind: "throttled" }, "AUTHORIZER_FAILURE null"],
    "answers null": [result(null), configuration],
    "answers a string": [result("Allow"), configuration],
    "answers an HTTP API's simple response": [result({ isAuthorized: true }), configuration],
    "names no principal": [result({ ...allowing, principalId: undefined }), configuration],
    "names a principal that is not a string": [result({ ...allowing, principalId: 7 }), configuration],
    "returns no policy": [result({ principalId: "p" }), configuration],
    "returns a malformed policy": [result(answer([{ Effect: "allow" }])), configuration],
    "returns a context with an object": [result({ ...allowing, context: { a: { b: 1 } } }), configuration],
    "returns a context with a list": [result({ ...allowing, context: { a: [1] } }), configuration],
    // It stays null in the event (DefinitelyTyped/DefinitelyTyped#69823).
    "returns a context with null": [result({ ...allowing, context: { a: null } }), "let through"],
    "returns a context that is a list": [result({ ...allowing, context: ["a"] }), configuration],
    "returns a usage key that is not a string": [result({ ...allowing, usageIdentifierKey: 1 }), configuration],
    "denies explicitly": [result(answer([statement("Deny", everything)])), `${denied} with an explicit deny`],
    "allows and denies": [
      result(answer([statement("Allow", everything), statement("Deny", methodArn(aRequest()))])),
      `${denied} with an explicit deny`,
    ],
    "allows another method": [result(answer([statement("Allow", everything.replace("/*", "/GET/*"))])), denied],
    "allows another API": [result(answer([statement("Allow", everything.replace(api.id, "zzzzz00000"))])), denied],
    "allows another action": [result(answer([{ ...statement("Allow", "*"), Action: "s3:*" }])), denied],
    "allows until a time that has passed": [
      result(
        answer([
          statement("Allow", everything, {
            Condition: { DateLessThan: { "aws:CurrentTime": "2026-11-21T07:59:59Z" } },
          }),
        ]),
      ),
      denied,
    ],
    "returns a condition that is not evaluated here": [
      result(answer([statement("Allow", everything, { Condition: { StringEquals: { "aws:PrincipalTag/a": "b" } } })])),
      denied,
    ],
  };
  for (const [name, [invocation, expected]] of Object.entries(answers))
    it(`that ${name}: ${expected}`, async () => {
      const { authorizer } = anAuthorizer(() => invocation);
      expect(resultOf(await authorizer.authorize(withToken("t")))).to.equal(expected);
    });

  const permissions: Record<string, [Resource, boolean]> = {
    "for all authorizers of the API": [permission(), true],
    "for the API whole": [
      permission({ sourceArn: `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/*` }),
      true,
    ],
    "by the function's ARN": [permission({ function: functionArn.replace(":live", "") }), true],
    "for another API": [
      permission({ sourceArn: `arn:aws:execute-api:${api.region}:${api.account}:zzzzz00000/authorizers/*` }),
      false,
    ],
    "for the routes only": [
      permission({ sourceArn: `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/*/POST/*` }),
      false,
    ],
    "for another authorizer": [
      permission({ sourceArn: `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/authorizers/abc123` }),
      false,
    ],
    "of another function": [permission({ function: "model" }), false],
    "of another alias": [permission({ qualifier: "next" }), false],
    "of the function without its alias": [permission({ qualifier: undefined }), false],
    "of another service": [permission({ principal: "s3.amazonaws.com" }), false],
    "of another action": [permission({ action: "lambda:GetFunction" }), false],
    "from another account": [permission({ sourceAccount: "210987654321" }), false],
  };
  for (const [name, [resource, permitted]] of Object.entries(permissions))
    it(`${permitted ? "is invoked" : "answers 500"} with a permission ${name}`, async () => {
      const { authorizer, invoked } = anAuthorizer(() => result(allowing), tokenAuthorizer(), resource);
      expect(resultOf(await authorizer.authorize(withToken("t")))).to.equal(permitted ? "let through" : configuration);
      expect(invoked.length).to.equal(permitted ? 1 : 0);
    });

  it("never shows the token in a gateway response", async () => {
    for (const invocation of [
      error("boom: secret-token"),
      result("secret-token"),
      result({ principalId: "secret-token", policyDocument: "secret-token" }),
    ]) {
      const { authorizer } = anAuthorizer(() => invocation);
      expect(JSON.stringify(await authorizer.authorize(withToken("secret-token")))).not.to.contain("secret-token");
    }
  });
});

describe("an authorizer's cache", () => {
  it("keeps a policy for its time to live", async () => {
    const { authorizer, invoked, time } = anAuthorizer(() => result(allowing));
    for (const at of [0, 299_999, 300_000]) {
      time.now = now + at;
      expect(await authorizer.authorize(withToken("t"))).to.have.property("authorizer");
    }
    expect(invoked.length).to.equal(2);
  });

  it("judges every call by the kept policy: one for a method's ARN alone denies the next route", async () => {
    const { authorizer, invoked } = anAuthorizer((event) =>
      result(answer([statement("Allow", String(event["methodArn"]))])),
    );
    expect(resultOf(await authorizer.authorize(withToken("t")))).to.equal("let through");
    const next = withToken("t", { path: "/v2/models/m/infer" });
    expect(resultOf(await authorizer.authorize(next))).to.equal(
      "ACCESS_DENIED User is not authorized to access this resource",
    );
    expect(invoked.length).to.equal(1);
  });

  it("judges by the time of the call, not of the policy's making", async () => {
    const until = { Condition: { DateLessThan: { "aws:CurrentTime": "2026-11-21T08:01:00Z" } } };
    const { authorizer, invoked, time } = anAuthorizer(() => result(answer([statement("Allow", everything, until)])));
    expect(resultOf(await authorizer.authorize(withToken("t")))).to.equal("let through");
    time.now += 60_000;
    expect(resultOf(await authorizer.authorize(withToken("t")))).to.match(/^ACCESS_DENIED/);
    expect(invoked.length).to.equal(1);
  });

  it("keeps denials too, but no failure and no 401", async () => {
    const outcomes: Invocation[] = [
      { kind: "error", errorType: "Error", errorMessage: "Unauthorized" },
      { kind: "error", errorType: "Error", errorMessage: "boom" },
      result("malformed"),
      result(answer([statement("Deny", everything)])),
    ];
    const { authorizer, invoked } = anAuthorizer(() => outcomes[Math.min(invoked.length, 4) - 1]!);
    for (let count = 0; count < 6; count++) await authorizer.authorize(withToken("t"));
    expect(invoked.length).to.equal(4);
  });

  it("is off at 0", async () => {
    const { authorizer, invoked } = anAuthorizer(
      () => result(allowing),
      tokenAuthorizer({ authorizerResultTtlInSeconds: 0 }),
    );
    await authorizer.authorize(withToken("t"));
    await authorizer.authorize(withToken("t"));
    expect(invoked.length).to.equal(2);
    expect(authorizer.kept).to.equal(0);
  });

  it("tells tokens apart to the letter", async () => {
    const { authorizer, invoked } = anAuthorizer((event) =>
      result(answer([statement(event["authorizationToken"] === "good" ? "Allow" : "Deny", everything)])),
    );
    expect(resultOf(await authorizer.authorize(withToken("good")))).to.equal("let through");
    for (const token of ["Good", "good ", "goodx", "goo"])
      expect(resultOf(await authorizer.authorize(withToken(token)))).to.match(/^ACCESS_DENIED/);
    expect(invoked.length).to.equal(5);
  });

  it("does not grow with the tokens that callers invent", async () => {
    const { authorizer, invoked } = anAuthorizer(() => result(allowing));
    for (let count = 0; count < 100_000; count++) await authorizer.authorize(withToken(`token-${count}`));
    expect(invoked.length).to.equal(100_000);
    expect(authorizer.kept).to.equal(5_000);
    await authorizer.authorize(withToken("token-99999"));
    expect(invoked.length).to.equal(100_000);
  });

  it("is one for all routes of a document that name the authorizer, and never shared with another run", async () => {
    const document = aDocument({ custom: tokenAuthorizer() });
    const graph = aGraph(permission());
    const run = () => {
      const calls = { count: 0 };
      const functions: Functions = { invoke: () => Promise.resolve(result((calls.count++, allowing))) };
      const identities = identitiesOf(graph, Buffer.alloc(32, 1), { keys: () => [] });
      const context = { graph, functions, identities, clock: () => now };
      const protect = () => authorizationOf({ ...context }, anOperation({ custom: [] }), document);
      return { calls, routes: [protect(), protect()] };
    };
    const [first, second] = [run(), run()];
    for (const { routes } of [first, second]) for (const route of routes) await route.authorize(withToken("t"));
    expect([first.calls.count, second.calls.count]).to.deep.equal([1, 1]);
  });
});

describe("a request authorizer", () => {
  const scheme = requestAuthorizer("method.request.header.X-Id, method.request.querystring.q");
  const call = (id: string[], query: string): ApiRequest =>
    aRequest({ headers: id.map((one) => ["x-id", one] as const), rawQuery: query });

  it("is asked with the request", async () => {
    const { authorizer, invoked } = anAuthorizer(() => result(allowing), scheme);
    const request: ApiRequest = {
      ...call(["a"], "q=1&q=2&r=+"),
      headers: [
        ["X-Id", "a"],
        ["x-id", "b"],
        ["X-Forwarded-Proto", "http"],
        ["user-agent", "test/1"],
      ],
      pathParameters: { model: "m" },
    };
    await authorizer.authorize(request, {
      request,
      resourceId: "abc123",
      extendedRequestId: "extended=",
      protocol: "HTTP/1.1",
      deploymentId: "dep123",
      traceId: "Root=1-6a0ff5f9-000000000000000000000000",
    });
    expect(invoked[0]?.event).to.deep.equal({
      type: "REQUEST",
      methodArn: methodArn(aRequest()),
      resource: "/mymodel",
      path: "/mymodel",
      httpMethod: "POST",
      headers: {
        "X-Id": "b",
        "User-Agent": "test/1",
        "X-Amzn-Trace-Id": "Root=1-6a0ff5f9-000000000000000000000000",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
      },
      multiValueHeaders: {
        "X-Id": ["a", "b"],
        "User-Agent": ["test/1"],
        "X-Amzn-Trace-Id": ["Root=1-6a0ff5f9-000000000000000000000000"],
        "X-Forwarded-For": ["127.0.0.1"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
      },
      queryStringParameters: { q: "2", r: " " },
      multiValueQueryStringParameters: { q: ["1", "2"], r: [" "] },
      pathParameters: { model: "m" },
      stageVariables: {},
      requestContext: {
        accountId: api.account,
        apiId: api.id,
        stage: "dev",
        requestId: aRequest().requestId,
        requestTimeEpoch: now,
        requestTime: "21/Nov/2026:08:00:00 +0000",
        httpMethod: "POST",
        path: "/dev/mymodel",
        resourceId: "abc123",
        resourcePath: "/mymodel",
        extendedRequestId: "extended=",
        protocol: "HTTP/1.1",
        domainName: `${api.id}.execute-api.${api.region}.amazonaws.com`,
        domainPrefix: api.id,
        deploymentId: "dep123",
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
      },
    });
  });

  it("is told the variables of its own stage", async () => {
    const stage = (restApi: string, stageName: string, variables: object) =>
      aResource("aws:apigateway/stage:Stage", `${restApi}-${stageName}`, { restApi, stageName, variables });
    const { authorizer, invoked } = anAuthorizer(
      () => result(allowing),
      scheme,
      permission(),
      stage("another", "dev", { tenant: "other" }),
      stage(api.id, "prod", { tenant: "prod" }),
      stage(api.id, "dev", { tenant: "own" }),
    );
    await authorizer.authorize(call(["a"], "q=1"));
    expect(invoked[0]?.event).to.have.property("stageVariables").that.deep.equals({ tenant: "own" });
  });

  for (const [name, missing] of Object.entries({
    "a header": call([], "q=1"),
    "a blank header": call([" "], "q=1"),
    "a query parameter": call(["a"], "p=1"),
    "an empty query parameter": call(["a"], "q="),
  }))
    it(`answers 401 unasked where a source lacks: ${name}`, async () => {
      const { authorizer, invoked } = anAuthorizer(() => result(allowing), scheme);
      expect(resultOf(await authorizer.authorize(missing))).to.equal("UNAUTHORIZED Unauthorized");
      expect(invoked).to.deep.equal([]);
    });

  it("keeps a policy for all values of all sources, in their places", async () => {
    const { authorizer, invoked } = anAuthorizer(() => result(allowing), scheme);
    const different = [
      call(["a"], "q=b"),
      call(["b"], "q=a"),
      call(["a", "b"], "q=b"),
      call(["a"], "q=b&q=c"),
      call(["a,b"], "q=b"),
      call(['a"],["b'], "q=b"),
    ];
    for (const one of different) await authorizer.authorize(one);
    for (const one of different) await authorizer.authorize({ ...one, path: "/v2" });
    expect(invoked.length).to.equal(different.length);
  });
});
