import { expect } from "chai";
import { markdown } from "../../access-matrix/markdown";
import { matrixOf } from "../../access-matrix/matrix";
import { NotUnderstood } from "../../access-matrix/not-understood";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { documentChanged, findings, restApi, statuses } from "./a-program";

interface Statement {
  Sid?: string;
  Effect: string;
  Principal: unknown;
  Action: unknown;
  Resource: unknown;
  Condition?: unknown;
  [other: string]: unknown;
}

const networks = ["203.0.113.0/24", "2001:db8::/32"];
const clients = [
  { name: "partner", principal: "arn:aws:iam::210987654321:root", models: ["mymodel"] },
  { name: "team", principal: "arn:aws:iam::123456789012:role/teams/scoring" },
];
const live = "GET /v2/health/live";
const model = "GET /v2/models/{model}";

const evaluated = new Map<string, Promise<Graph>>();
function dev(set: Record<string, unknown>): Promise<Graph> {
  const key = JSON.stringify(set);
  evaluated.set(key, evaluated.get(key) ?? evaluate({ stack: "dev", set: { allowedNetworks: networks, ...set } }));
  return evaluated.get(key)!;
}

/** The program with its resource policy changed. */
function changedPolicy(graph: Graph, change: (statements: Statement[]) => Statement[]): Graph {
  return documentChanged(graph, restApi, (document) => {
    const policy = document["x-amazon-apigateway-policy"] as { Statement: Statement[] };
    policy.Statement = change(policy.Statement);
  });
}
const ofSid = (statements: Statement[], sid: string) => statements.find(({ Sid }) => Sid === sid)!;

describe("Access matrix under a resource policy", () => {
  it("says from where each protection is reached, and what is judged first", async () => {
    // A user pool judges before the policy does; all else stops at the policy.
    for (const [apiGatewayAuth, nothing] of [
      ["apiKey", 403],
      ["iam", 403],
      ["cognito", 401],
      ["lambda", 403],
    ] as const)
      expect(statuses(await dev({ apiGatewayAuth }), "apiGateway", live), apiGatewayAuth).to.include({
        "nothing, another network": nothing,
        "another network": 403,
        "all right": 200,
      });
    const text = markdown(matrixOf(await dev({ apiGatewayAuth: "iam" })));
    expect(text).to.include("It accepts calls only from `2001:db8::/32`, `203.0.113.0/24`.");
  });

  it("has no such columns where all networks may call", async () => {
    const open = await evaluate({ stack: "dev", set: { apiGatewayAuth: "iam" } });
    expect(Object.keys(statuses(open, "apiGateway", live)).join()).not.to.match(/network|client/);
  });

  it("says what a listed client may call, and that nobody else may", async () => {
    const graph = await dev({ apiGatewayAuth: "iam", clients });
    expect(statuses(graph, "apiGateway", model)).to.include({
      "well signed by a stranger": 403,
      "signed in another account": 403,
      "unlisted caller": 403,
      "client partner": 200,
      "client partner, another's model": 403,
      "client team": 200,
      "another network": 403,
    });
    expect(statuses(graph, "apiGateway", live)).to.include({
      "unlisted caller": 200,
      "signed in another account": 403,
    });
    expect(statuses(await dev({ clients: [{ name: "acme", models: ["mymodel"] }] }), "apiGateway", model)).to.include({
      "client acme": 200,
      "client acme, another's model": 403,
    });
  });

  it("lets clients of the same answers share a column, and shows one who gets another", async () => {
    const names = ["acme", "bolt", "core", "dune", "edge"];
    const clients = names.map((name) => ({ name, models: ["mymodel"] }));
    const head = async (set: Record<string, unknown>) =>
      /^\| route .*$/m
        .exec(markdown(matrixOf(await dev(set))))![0]
        .split("|")
        .map((title) => title.trim())
        .filter((title) => title.startsWith("client"));
    expect(await head({ clients })).to.deep.equal([
      "client acme and 4 more",
      "client acme and 4 more, another's model",
    ]);
    expect(await head({ clients: clients.slice(2) })).to.deep.equal([
      ...["client core", "client dune", "client edge"],
      ...["client core, another's model", "client dune, another's model", "client edge, another's model"],
    ]);
    // Without mymodel it is refused on the plain route, where the others are let in.
    const other = { name: "core", models: ["scalar"] };
    const models = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
    const mixed = clients.map(({ name }) => (name === "core" ? other : { name, models: ["add"] }));
    expect(await head({ ...models, clients: mixed })).to.deep.equal([
      "client acme and 3 more",
      "client core",
      "client acme and 4 more, another's model",
    ]);
  });

  it("shows a denial of other networks that is gone, or covers a part", async () => {
    const graph = await dev({ apiGatewayAuth: "iam" });
    expect(findings(graph)).to.deep.include({ fromAnyNetwork: [], aroundNetworks: [] });
    const gone = documentChanged(graph, restApi, (document) => delete document["x-amazon-apigateway-policy"]);
    expect(findings(gone).fromAnyNetwork).to.include(`apiGateway: ${live} (default endpoint)`);
    const part = changedPolicy(graph, (statements) => {
      ofSid(statements, "OtherNetworks").Resource = "execute-api:/dev/POST/*";
      return statements;
    });
    expect(statuses(part, "apiGateway", live)).to.include({ "another network": 200 });
    expect(statuses(part, "apiGateway", "POST /mymodel")).to.include({ "another network": 403 });
    expect(findings(part).aroundNetworks)
      .to.include(`apiGateway: ${live} (default endpoint)`)
      .and.not.include("apiGateway: POST /mymodel (default endpoint)");
    expect(markdown(matrixOf(part))).to.include("> **REACHABLE FROM ANY NETWORK, though only some are allowed:**");
  });

  it("shows an Allow that stands in for the caller's own policy: any principal of the account is let in", async () => {
    const everyone: Statement = {
      Effect: "Allow",
      Principal: "*",
      Action: "execute-api:Invoke",
      Resource: "execute-api:/dev/*",
    };
    const open = changedPolicy(await dev({ apiGatewayAuth: "iam" }), (statements) => [...statements, everyone]);
    expect(statuses(open, "apiGateway", live)).to.include({
      "well signed by a stranger": 200,
      "signed in another account": 200,
      "badly signed": 403,
      nothing: 403,
      "another network": 403,
    });
    const account = { ...everyone, Principal: { AWS: "arn:aws:iam::123456789012:root" } };
    const own = changedPolicy(await dev({ apiGatewayAuth: "iam" }), (statements) => [...statements, account]);
    expect(statuses(own, "apiGateway", live)).to.include({
      "well signed by a stranger": 200,
      "signed in another account": 403,
    });
    const conditional = { ...everyone, Condition: { IpAddress: { "aws:SourceIp": networks } } };
    const inside = changedPolicy(await dev({ apiGatewayAuth: "iam" }), () => [conditional]);
    expect(statuses(inside, "apiGateway", live)).to.include({
      "well signed by a stranger": 200,
      // Who holds a policy needs no Allow of the API's: an Allow by address keeps nobody out.
      "another network": 200,
    });
  });

  it("shows an API that a policy shuts, since nothing in it allows", async () => {
    for (const apiGatewayAuth of ["apiKey", "cognito"]) {
      const shut = changedPolicy(await dev({ apiGatewayAuth }), (statements) =>
        statements.filter(({ Sid }) => Sid !== "Callers"),
      );
      expect(statuses(shut, "apiGateway", live), apiGatewayAuth).to.include({ "all right": 403 });
      expect(findings(shut).closedToAll).to.include(`apiGateway: ${live}`);
    }
  });

  it("shows a client's Allow that was widened to the models of others", async () => {
    const wide = changedPolicy(await dev({ apiGatewayAuth: "iam", clients }), (statements) =>
      statements.map((each) => (each.Effect === "Allow" ? { ...each, Resource: "execute-api:/dev/*" } : each)),
    );
    // The function still refuses.
    expect(statuses(wide, "apiGateway", model)).to.include({ "client partner, another's model": 403 });
    const unlisted = documentChanged(wide, restApi, () => undefined);
    const open = {
      ...unlisted,
      resources: unlisted.resources.map((resource) =>
        resource.type === "aws:apigateway/stage:Stage"
          ? { ...resource, inputs: { ...resource.inputs, variables: undefined } }
          : resource,
      ),
    };
    expect(statuses(open, "apiGateway", model)).to.include({ "all right": 200 });
    expect(markdown(matrixOf(open))).not.to.include("It lists the clients");
  });

  const faults: Readonly<Record<string, (statement: Statement) => Statement>> = {
    "an action that is not calling": (statement) => ({ ...statement, Action: "execute-api:InvalidateCache" }),
    "principals that it is not about": ({ Principal, ...statement }) =>
      ({ ...statement, NotPrincipal: Principal }) as unknown as Statement,
    "another element": (statement) => ({ ...statement, NotResource: "execute-api:/dev/GET/v2" }),
    "a service as principal": (statement) => ({ ...statement, Principal: { Service: "lambda.amazonaws.com" } }),
    "a role by a pattern": (statement) => ({ ...statement, Principal: { AWS: "arn:aws:iam::123456789012:role/*" } }),
    "no principal": (statement) => ({ ...statement, Principal: undefined }),
    "a whole ARN": (statement) => ({ ...statement, Resource: "arn:aws:execute-api:us-east-1:123456789012:abc/*" }),
    "another effect": (statement) => ({ ...statement, Effect: "deny" }),
    "another condition": (statement) => ({
      ...statement,
      Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
    }),
    "a condition besides": (statement) => ({
      ...statement,
      Condition: { NotIpAddress: { "aws:SourceIp": networks }, Bool: { "aws:SecureTransport": "true" } },
    }),
    "a denial of the networks named": (statement) => ({
      ...statement,
      Condition: { IpAddress: { "aws:SourceIp": networks } },
    }),
    "an address that the caller writes": (statement) => ({
      ...statement,
      Condition: { NotIpAddress: { "aws:VpcSourceIp": networks } },
    }),
  };
  for (const [what, spoil] of Object.entries(faults)) {
    it(`does not understand a statement with ${what}`, async () => {
      const graph = await dev({ apiGatewayAuth: "iam" });
      const spoilt = changedPolicy(graph, (statements) => statements.map(spoil));
      expect(() => matrixOf(spoilt)).to.throw(NotUnderstood);
    });
  }

  it("does not understand statements about different networks", async () => {
    const graph = await dev({ apiGatewayAuth: "iam" });
    const other = { "aws:SourceIp": ["198.51.100.0/24"] };
    const spoilt = changedPolicy(graph, ([deny]) => [deny!, { ...deny!, Condition: { NotIpAddress: other } }]);
    expect(() => matrixOf(spoilt)).to.throw(NotUnderstood, "about different networks");
  });
});
