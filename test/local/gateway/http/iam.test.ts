import { expect } from "chai";
import { identitiesOf } from "../../../../local/iam/identities";
import type { ApiRequest } from "../../../../local/server/api-request";
import { resource } from "../fixture";
import { signedRequest } from "../auth/a-signer";
import type { Declared } from "../fixture";
import { executionArn, httpFixture, httpGraph, now, route } from "./fixture";

const seed = Buffer.alloc(32, 7);
const iam = { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" };
const policy = resource(
  "aws:iam/policy:Policy",
  "invoke",
  {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: `${executionArn}/dev/POST/models` }],
    }),
  },
  { outputs: { arn: "arn:aws:iam::123456789012:policy/invoke" } },
);
const declared: Declared = {
  paths: { "/models": { post: route({ security: [{ iam: [] }] }), get: route({ security: [{ iam: [] }] }) } },
  document: { components: { securitySchemes: { iam } } },
  more: [policy],
};
const identities = identitiesOf(httpGraph(declared), seed, { keys: () => [] });
const fixture = (more: Declared = declared) => httpFixture(more, { identities });

/** Signs as a client would for this method and path, and sends what `change` makes of it. */
async function headersFor(
  who: "caller" | "stranger",
  method = "POST",
  stagePath = "/dev/models",
  region = "us-east-1",
): Promise<[string, string][]> {
  const call = {
    method,
    stagePath,
    path: stagePath,
    rawQuery: "",
    headers: [["host", "localhost:8443"]],
    body: Buffer.from("{}"),
  } as unknown as ApiRequest;
  const { headers } = await signedRequest(call, { ...identities[who], at: now, region });
  return headers.map(([name, value]) => [name, value]);
}

describe("IAM authorization of an HTTP API", () => {
  const body = Buffer.from("{}");

  it("lets a signed call of the caller in, and says who it is", async () => {
    const f = fixture();
    const { status } = await f.send("POST", "/dev/models", { headers: await headersFor("caller"), body });
    expect(status).to.equal(200);
    const { caller } = identities;
    expect(f.events[0]!.requestContext["authorizer"]).to.deep.equal({
      iam: {
        accessKey: caller.accessKeyId,
        accountId: "123456789012",
        callerId: caller.userId,
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: caller.arn,
        userId: caller.userId,
      },
    });
  });

  const refused: [what: string, headers: () => Promise<[string, string][]>, method?: string, sent?: Buffer][] = [
    ["an unsigned call", () => Promise.resolve([["host", "localhost:8443"]])],
    ["a call of a stranger", () => headersFor("stranger")],
    ["a method that the policy does not name", () => headersFor("caller", "GET"), "GET"],
    ["a signature of another method", () => headersFor("caller", "GET")],
    ["a signature of another path", () => headersFor("caller", "POST", "/dev/other")],
    ["a signature of another region", () => headersFor("caller", "POST", "/dev/models", "eu-west-1")],
    ["a body that was not signed", () => headersFor("caller"), "POST", Buffer.from('{"a":1}')],
    ["a bearer token", () => Promise.resolve([["host", "localhost:8443"], ["authorization", "Bearer x.y.z"]])], // oxfmt-ignore
    [
      "a signature that was changed",
      async () =>
        (await headersFor("caller")).map(([name, value]) => [
          name,
          value.replace(/Signature=(.)/, (_, first) => `Signature=${first === "0" ? "1" : "0"}`),
        ]),
    ],
  ];
  for (const [what, headers, method = "POST", sent = body] of refused)
    it(`rejects ${what} with 403, without saying why`, async () => {
      const f = fixture();
      const answer = await f.send(method, "/dev/models", { headers: await headers(), body: sent });
      expect(answer).to.deep.include({ status: 403, body: '{"message":"Forbidden"}' });
      expect(answer.headers).not.to.have.property("www-authenticate");
      expect(f.events).to.have.length(0);
    });

  it("is also declared by x-amazon-apigateway-auth", async () => {
    const f = fixture({
      ...declared,
      paths: { "/models": { post: route({ security: undefined, "x-amazon-apigateway-auth": { type: "AWS_IAM" } }) } },
    });
    expect(f.api.routes[0]).to.include({ auth: "AWS_IAM" });
    expect((await f.send("POST", "/dev/models", { body })).status).to.equal(403);
  });

  it("is signed for the name and path of an own domain, too", async () => {
    const f = fixture();
    const domain = { name: "models.example.com", basePath: "" };
    const headers = await headersFor("caller", "POST", "/models");
    expect((await f.send("POST", "/models", { headers, body, domain })).status).to.equal(200);
    const stage = await headersFor("caller");
    expect((await f.send("POST", "/models", { headers: stage, body, domain })).status).to.equal(403);
  });

  it("stops the start where the document contradicts itself", () => {
    const contradicting: [fields: object, why: string][] = [
      [{ security: [{ iam: [] }], "x-amazon-apigateway-auth": { type: "NONE" } }, "says NONE"],
      [{ security: [{ iam: [] }], "x-amazon-apigateway-auth": { type: "AWS_IAM" } }, "one authorizer only"],
      [{ security: [{ iam: ["predict"] }] }, "takes no scopes"],
      [{ security: [], "x-amazon-apigateway-auth": { type: "SOMETHING" } }, "neither AWS_IAM nor NONE"],
    ];
    for (const [fields, why] of contradicting)
      expect(() => fixture({ ...declared, paths: { "/models": { post: route(fields) } } })).to.throw(why);
  });
});
