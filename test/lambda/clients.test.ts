import { expect } from "chai";
import type { GatewayEvent } from "../../lambda/core/protocol/request";
import { clientOf, mayCall } from "../../lambda/core/protocol/client";
import { restEvent, type Started, start } from "./function";

const role = "arn:aws:iam::123456789012:role/teams/scoring";
const session = "arn:aws:sts::123456789012:assumed-role/scoring/batch-7";
const account = "arn:aws:iam::210987654321:root";

type Variables = Readonly<Record<string, string>>;
const call = (stageVariables: Variables | null, requestContext: object): GatewayEvent => ({
  stageVariables,
  requestContext: { stage: "dev", ...requestContext },
});
const byKey = (apiKeyId: string) => ({ identity: { apiKeyId } });
const byValue = (apiKey: string, more: object = {}) => ({ identity: { apiKeyId: "any", apiKey, ...more } });
const signed = (userArn: string, apiKeyId?: string) => ({ identity: { userArn, apiKeyId } });

describe("Functions: the clients of an API", () => {
  const cases: [who: string, variables: Variables | null, context: object, name: string | undefined][] = [
    ["nobody in particular where the API lists none", null, byKey("k1"), undefined],
    ["nobody in particular where its stage has other variables", { colour: "red" }, byKey("k1"), undefined],
    ["no client once the last one was taken off the list", { clients: "listed" }, byKey("k1"), "unlisted"],
    ["the client of a key", { client_acme: "key=k1", client_labs: "key=k2" }, byKey("k2"), "labs"],
    ["a client whose name has a hyphen", { client_acme_eu: "key=k1" }, byKey("k1"), "acme-eu"],
    ["no client with a key of nobody's", { client_acme: "key=k1" }, byKey("k3"), "unlisted"],
    ["no client with a part of a key's id", { client_acme: "key=k12" }, byKey("k1"), "unlisted"],
    ["no client without any credential", { client_acme: "key=k1" }, {}, "unlisted"],
    ["no client by a variable that names no credential", { client_acme: "models=a" }, byKey(""), "unlisted"],
    ["no client by empty credentials", { client_acme: "key=&principal=" }, byKey(""), "unlisted"],
    ["the client that a rotated key begins with", { client_acme: "keyPrefix=acme_" }, byValue("acme_0123"), "acme"],
    [
      "the one of two clients whose whole name a rotated key begins with",
      { client_acme: "keyPrefix=acme_", client_acme_eu: "keyPrefix=acme-eu_" },
      byValue("acme-eu_0123"),
      "acme-eu",
    ],
    [
      "no client by a rotated key that names it further on",
      { client_acme: "keyPrefix=acme_" },
      byValue("labs_acme_0123"),
      "unlisted",
    ],
    ["no client by a rotated key in other letters", { client_acme: "keyPrefix=acme_" }, byValue("Acme_01"), "unlisted"],
    ["no client by the id of a key", { client_acme: "keyPrefix=acme_" }, byKey("acme_0123"), "unlisted"],
    [
      "no client by a header that the gateway did not look at",
      { client_acme: "keyPrefix=acme_" },
      { identity: { apiKey: null } },
      "unlisted",
    ],
    ["no client by a prefix of nothing", { client_acme: "keyPrefix=" }, byValue("anything"), "unlisted"],
    [
      "a client with both its role and its rotated key",
      { client_acme: `keyPrefix=acme_&principal=${role}` },
      byValue("acme_0123", { userArn: session }),
      "acme",
    ],
    [
      "no client with its own role and another's rotated key",
      { client_acme: `keyPrefix=acme_&principal=${role}`, client_labs: "keyPrefix=labs_&principal=x" },
      byValue("labs_0123", { userArn: session }),
      "unlisted",
    ],
    [
      "the client of a role's session, whatever the role's path",
      { client_acme: `principal=${role}` },
      signed(session),
      "acme",
    ],
    [
      "no client by a session of that name in another account",
      { client_acme: `principal=${role}` },
      signed(session.replace("123456789012", "999999999999")),
      "unlisted",
    ],
    [
      "no client by a role whose name only begins so",
      { client_acme: `principal=${role}` },
      signed(session.replace("scoring/", "scoring-x/")),
      "unlisted",
    ],
    [
      "no client by a session that is called as the role",
      { client_acme: `principal=${role}` },
      signed("arn:aws:sts::123456789012:assumed-role/other/scoring"),
      "unlisted",
    ],
    [
      "the client of an account for anyone of it",
      { client_acme: `principal=${account}` },
      signed("arn:aws:iam::210987654321:user/deploy"),
      "acme",
    ],
    [
      "the role's client before its account's",
      { client_all: "principal=arn:aws:iam::123456789012:root", client_team: `principal=${role}` },
      signed(session),
      "team",
    ],
    [
      "a client with both its role and its key",
      { client_acme: `key=k1&principal=${role}` },
      signed(session, "k1"),
      "acme",
    ],
    [
      "no client with its own role and another's key, whose quota it would use up",
      { client_acme: `key=k1&principal=${role}`, client_labs: `key=k2&principal=${account}` },
      signed(session, "k2"),
      "unlisted",
    ],
    [
      "the client of a user pool's application",
      { client_acme: "principal=7abc" },
      { authorizer: { claims: { client_id: "7abc", sub: "other" } } },
      "acme",
    ],
    [
      "the client of a token",
      { client_acme: "principal=app" },
      { authorizer: { client: "app", subject: "x" } },
      "acme",
    ],
    [
      "no client by whom an authorizer names, where it names no application",
      { client_acme: "principal=app" },
      { authorizer: { principalId: "app" } },
      "unlisted",
    ],
    [
      "no client by the subject of a token, which its issuer may let anyone choose",
      { client_acme: "principal=app" },
      { authorizer: { client: "other", subject: "app", principalId: "app" } },
      "unlisted",
    ],
  ];
  for (const [who, variables, context, name] of cases) {
    it(`are ${who}`, () => {
      expect(clientOf(call(variables, context))?.name).to.equal(name);
    });
  }

  it("may call the models that are named for them, all where none is named, none where they are not listed", () => {
    const variables = { client_acme: "key=k1&models=add,vector", client_labs: "key=k2" };
    const may = (key: string, model: string) => mayCall(clientOf(call(variables, byKey(key))), model);
    expect([may("k1", "add"), may("k1", "vector"), may("k1", "scalar"), may("k1", "add,vector")]).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    expect([may("k2", "add"), may("k3", "add")]).to.deep.equal([true, false]);
  });
});

describe("Functions: the model function, for a client that may call some models", () => {
  let model: Started;
  before(() => (model = start(["add", "scalar", "vector"])));
  const as = async (key: string, method: string, path: string, body?: object) => {
    const event = restEvent(method, path, body && Buffer.from(JSON.stringify(body)));
    const { answer, lines } = await model.send({
      ...event,
      stageVariables: { client_acme: "key=k1&models=add", client_labs: "key=k2" },
      requestContext: { ...event.requestContext, identity: { apiKeyId: key } },
    });
    return {
      status: answer.statusCode,
      json: JSON.parse(answer.body) as unknown,
      log: JSON.parse(lines.join("")) as Record<string, unknown>,
    };
  };

  it("answers it those and no other, on every route that names one, whether or not the other exists", async () => {
    expect((await as("k1", "GET", "/v2/models/add")).status).to.equal(200);
    for (const name of ["scalar", "vector", "nothing", "__proto__"]) {
      for (const [method, path] of [
        ["GET", `/v2/models/${name}`],
        ["GET", `/v2/models/${name}/ready`],
        ["GET", `/v2/models/${name}/versions/1`],
        ["POST", `/v2/models/${name}/infer`],
        ["POST", `/v2/models/${name}/versions/1/infer`],
      ] as const) {
        const { status, json } = await as("k1", method, path, method === "POST" ? {} : undefined);
        expect([status, json], `${method} ${path}`).to.deep.equal([403, { error: "forbidden" }]);
      }
    }
    expect((await as("k2", "GET", "/v2/models/nothing")).status).to.equal(404);
  });

  it("refuses it the plain route where the default model is not one of its", async () => {
    const other = start(["scalar", "add"]);
    const event = restEvent("POST", "/mymodel", Buffer.from("{}"));
    const stageVariables = { client_acme: "key=key-id&models=add" };
    expect((await other.send({ ...event, stageVariables })).answer.statusCode).to.equal(403);
  });

  it("lists only those, to the unlisted none, and to everyone all where the API lists no clients", async () => {
    const names = async (key: string) =>
      ((await as(key, "POST", "/v2/repository/index", {})).json as { name: string }[]).map(({ name }) => name);
    expect(await names("k1")).to.deep.equal(["add"]);
    expect(await names("k2")).to.deep.equal(["add", "scalar", "vector"]);
    expect(await names("k3")).to.deep.equal([]);
    const { json } = await model.post("/v2/repository/index", {});
    expect(json).to.have.lengthOf(3);
    expect(json[0]).to.have.all.keys("name", "version", "state", "reason");
    expect(json[0]).to.deep.include({ name: "add", state: "READY" });
  });

  it("lets any caller of the gateway ask for its health, which tells nothing of a model", async () => {
    expect((await as("k3", "GET", "/v2/health/live")).status).to.equal(200);
  });

  it("knows a client by what its rotated key begins with, and tells the key to nobody", async () => {
    const event = restEvent("GET", "/v2/models/vector", undefined);
    const apiKey = "acme_c2VjcmV0LW9mLWFjbWUtMDEyMzQ1Njc4OQ";
    const { answer, lines } = await model.send({
      ...event,
      stageVariables: { clients: "listed", client_acme: "keyPrefix=acme_&models=add" },
      requestContext: { ...event.requestContext, identity: { apiKeyId: "k1", apiKey } },
    });
    expect([answer.statusCode, JSON.parse(answer.body)]).to.deep.equal([403, { error: "forbidden" }]);
    expect(JSON.parse(lines.join(""))).to.include({ client: "acme", Client: "acme", code: "foreign-model" });
    expect(lines.join("") + JSON.stringify(answer)).not.to.include(apiKey.slice(5));
  });

  it("logs and counts by the listed client, and by model alone where callers would make the names", async () => {
    const { log } = await as("k1", "GET", "/v2/models/add");
    expect(log).to.include({ client: "acme", Client: "acme", Model: "add", principal: "k1" });
    const dimensions = (line: Record<string, unknown>) =>
      (line["_aws"] as { CloudWatchMetrics: { Dimensions: unknown }[] }).CloudWatchMetrics[0]!.Dimensions;
    expect(dimensions(log)).to.deep.equal([["Model"], ["Client", "Model"]]);
    const denied = (await as("k9", "GET", "/v2/models/add")).log;
    expect(denied).to.include({ client: "unlisted", Client: "unlisted", Model: "unknown", code: "foreign-model" });
    const anyone = (await model.get("/v2/models/add")).log;
    expect(dimensions(anyone)).to.deep.equal([["Model"]]);
    expect(anyone).not.to.have.property("Client");
  });
});
