import { expect } from "chai";
import type { OpenApiDocument, OpenApiOperation } from "../../../../graph/openapi";
import { authorizationOf, type AuthorizationContext } from "../../../../local/gateway/rest/rest-authorization";
import { Unenforceable } from "../../../../local/base/unenforceable";
import { identitiesOf } from "../../../../local/iam/identities";
import { aRequest, now } from "./a-request";
import {
  aDocument,
  anOperation,
  apiKey,
  poolArn,
  requestAuthorizer,
  sigv4,
  tokenAuthorizer,
  userPool,
} from "./a-document";
import { aGraph, aResource } from "./a-graph";

const graph = aGraph(aResource("aws:cognito/userPool:UserPool", "pool", {}, { arn: poolArn }));
const context: AuthorizationContext = {
  graph,
  functions: { invoke: () => Promise.reject(new Error("nothing is to be invoked")) },
  identities: identitiesOf(graph, Buffer.alloc(32, 1), { keys: () => [] }),
  clock: () => now,
};

describe("the authorization of a method", () => {
  const token = tokenAuthorizer();
  const cases: Record<string, [OpenApiOperation, OpenApiDocument, auth: string, keyRequired: boolean]> = {
    "nothing said is NONE": [{}, aDocument({}), "NONE", false],
    "an empty list is NONE": [anOperation(), aDocument({ sigv4 }), "NONE", false],
    "an API key alone": [anOperation({ key: [] }), aDocument({ key: apiKey }), "NONE", true],
    SigV4: [anOperation({ sigv4: [] }), aDocument({ sigv4 }), "AWS_IAM", false],
    "SigV4 by the extension": [{ "x-amazon-apigateway-auth": { type: "AWS_IAM" } }, aDocument({}), "AWS_IAM", false],
    "SigV4 by the extension, in small letters": [
      { "x-amazon-apigateway-auth": { type: "aws_iam" } },
      aDocument({}),
      "AWS_IAM",
      false,
    ],
    "SigV4 by the scheme and the extension, and an API key": [
      { ...anOperation({ sigv4: [] }, { key: [] }), "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
      aDocument({ sigv4, key: apiKey }),
      "AWS_IAM",
      true,
    ],
    "SigV4 and an API key": [
      anOperation({ sigv4: [] }, { key: [] }),
      aDocument({ sigv4, key: apiKey }),
      "AWS_IAM",
      true,
    ],
    "a token authorizer and an API key": [
      anOperation({ key: [] }, { token: [] }),
      aDocument({ token, key: apiKey }),
      "CUSTOM",
      true,
    ],
    "a request authorizer": [
      anOperation({ request: [] }),
      aDocument({
        request: requestAuthorizer(
          "method.request.header.X-Id, method.request.querystring.q, context.identity.sourceIp",
        ),
      }),
      "CUSTOM",
      false,
    ],
    "a request authorizer without sources, uncached": [
      anOperation({ request: [] }),
      aDocument({ request: requestAuthorizer(undefined, { authorizerResultTtlInSeconds: 0 }) }),
      "CUSTOM",
      false,
    ],
    // Recorded on AWS in 2025: LocalStack, test_apigateway_import.
    "a default at the document's root": [{}, aDocument({ sigv4 }, { security: [{ sigv4: [] }] }), "AWS_IAM", false],
    "an operation's own instead of the root's": [
      anOperation({ sigv4: [] }),
      aDocument({ sigv4, key: apiKey }, { security: [{ key: [] }] }),
      "AWS_IAM",
      false,
    ],
    "a user pool": [
      anOperation({ pool: ["api/predict"] }),
      aDocument({ pool: userPool() }),
      "COGNITO_USER_POOLS",
      false,
    ],
  };
  for (const [name, [operation, document, auth, key]] of Object.entries(cases))
    it(`is read: ${name}`, () => {
      const authorization = authorizationOf(context, operation, document);
      expect([authorization.auth, authorization.keyRequired]).to.deep.equal([auth, key]);
    });

  it("of NONE lets everyone through as nobody", async () => {
    expect(await authorizationOf(context, {}, aDocument({})).authorize(aRequest())).to.deep.equal({});
  });

  const one = (scheme: object): [OpenApiOperation, OpenApiDocument] => [
    anOperation({ s: [] }),
    aDocument({ s: scheme as never }),
  ];
  const refused: Record<string, [OpenApiOperation, OpenApiDocument]> = {
    "a scheme that is not declared": [anOperation({ toString: [] }), aDocument({})],
    "an empty list beside a default at the document's root": [
      { security: [] },
      aDocument({ sigv4 }, { security: [{ sigv4: [] }] }),
    ],
    "two schemes in one entry": [anOperation({ key: [], token: [] }), aDocument({ key: apiKey, token })],
    "a scheme twice": [anOperation({ pool: ["a"] }, { pool: ["b"] }), aDocument({ pool: userPool() })],
    "an empty entry beside another": [anOperation({ key: [] }, {}), aDocument({ key: apiKey })],
    "an empty entry": [anOperation({}), aDocument({})],
    "security that is not a list": [{ security: { key: [] } } as never, aDocument({ key: apiKey })],
    "two authorizers": [anOperation({ token: [] }, { other: [] }), aDocument({ token, other: token })],
    "SigV4 and an authorizer": [anOperation({ sigv4: [] }, { token: [] }), aDocument({ sigv4, token })],
    "an authorizer and SigV4": [anOperation({ token: [] }, { sigv4: [] }), aDocument({ sigv4, token })],
    "an unknown authtype": one({ ...sigv4, "x-amazon-apigateway-authtype": "awsSigv5" }),
    "a custom scheme without its authorizer": one({ ...sigv4, "x-amazon-apigateway-authtype": "custom" }),
    "an authorizer without its authtype": one({ ...token, "x-amazon-apigateway-authtype": undefined }),
    "an OAuth 2 scheme": one({ type: "oauth2", flows: {} }),
    "an HTTP scheme": one({ type: "http", scheme: "bearer" }),
    "an API key in the query": one({ ...apiKey, in: "query" }),
    "an API key in another header": one({ ...apiKey, name: "x-key" }),
    "an unknown property of a scheme": one({ ...apiKey, "x-amazon-apigateway-other": true }),
    "scopes of an API key": [anOperation({ key: ["a"] }), aDocument({ key: apiKey })],
    "scopes of a Lambda authorizer": [anOperation({ token: ["a"] }), aDocument({ token })],
    "a scope with a blank": [anOperation({ pool: ["a b"] }), aDocument({ pool: userPool() })],
    "an empty scope": [anOperation({ pool: [""] }), aDocument({ pool: userPool() })],
    "an extension of another type": [{ "x-amazon-apigateway-auth": { type: "CUSTOM" } }, aDocument({})],
    "AWS_IAM beside an authorizer": [
      { ...anOperation({ token: [] }), "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
      aDocument({ token }),
    ],
    "NONE beside a signature, in small letters": [
      { ...anOperation({ sigv4: [] }), "x-amazon-apigateway-auth": { type: "none" } },
      aDocument({ sigv4 }),
    ],
    "NONE beside an authorizer": [
      { ...anOperation({ token: [] }), "x-amazon-apigateway-auth": { type: "NONE" } },
      aDocument({ token }),
    ],
    "an authorizer of another type": one(tokenAuthorizer({ type: "jwt" })),
    "an unknown property of an authorizer": one(tokenAuthorizer({ enableSimpleResponses: true })),
    "an authorizer's role": one(tokenAuthorizer({ authorizerCredentials: "arn:aws:iam::123456789012:role/x" })),
    "an authorizer that is no function": one(tokenAuthorizer({ authorizerUri: "https://example.com" })),
    "a time to live beyond an hour": one(tokenAuthorizer({ authorizerResultTtlInSeconds: 3601 })),
    "a negative time to live": one(tokenAuthorizer({ authorizerResultTtlInSeconds: -1 })),
    "a time to live that is not a number": one(tokenAuthorizer({ authorizerResultTtlInSeconds: "300" })),
    "a token in another header than the scheme's": one(
      tokenAuthorizer({ identitySource: "method.request.header.X-Token" }),
    ),
    "a token in the query": one(tokenAuthorizer({ identitySource: "method.request.querystring.token" })),
    "a cached request authorizer without sources": one(requestAuthorizer(undefined)),
    "an identity source of the body": one(requestAuthorizer("method.request.body")),
    "an identity source of stage variables": one(requestAuthorizer("stageVariables.a")),
    "an identity source of an unknown context": one(requestAuthorizer("context.authorizer.a")),
    "an identity source of Object's prototype": one(requestAuthorizer("context.constructor")),
    "a pattern of a request authorizer": one(
      requestAuthorizer("method.request.header.A", { identityValidationExpression: "a" }),
    ),
    "a pool of another stack": one(userPool({ providerARNs: [poolArn.replace("Example01", "Example02")] })),
    "no pool": one(userPool({ providerARNs: [] })),
    "a pool authorizer of another type": one(userPool({ type: "token" })),
    "an audience pattern of a pool": one(userPool({ identityValidationExpression: "client" })),
    "a pool's token in another header than the scheme's": one(
      userPool({ identitySource: "method.request.header.X-Token" }),
    ),
  };
  for (const [name, [operation, document]] of Object.entries(refused))
    it(`stops the start: ${name}`, () =>
      expect(() => authorizationOf(context, operation, document)).to.throw(Unenforceable));
});
