import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect } from "chai";
import { flower, type Served, serveStack } from "./served";
import type { ClientCredentials } from "../../local/credentials/clients";

const alone = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
const models = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
const role = "arn:aws:iam::123456789012:role/teams/scoring";
const foreignRole = "arn:aws:iam::210987654321:role/partner";

/** The SDK's hash interface, over node:crypto. */
class Sha256 {
  private readonly hash;
  constructor(key?: Uint8Array) {
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {}
}

describe("the listed clients of a local run", () => {
  let served: Served;
  afterEach(() => served.run.close());

  const of = (name: string): ClientCredentials => served.run.credentials.clients![name]!;
  const ask = async (headers: Record<string, string>, path: string, method = "GET") => {
    const answer = await served.call(method, path, { headers, ...(method === "POST" ? { body: "{}" } : {}) });
    return { ...answer, json: JSON.parse(answer.text) as unknown };
  };
  const signed = async (client: ClientCredentials, method: string, path: string) => {
    const url = new URL(served.run.apis[0]!.url + path);
    const signer = new SignatureV4({
      service: "execute-api",
      region: "us-east-1",
      credentials: { accessKeyId: client.accessKeyId!, secretAccessKey: client.secretAccessKey! },
      sha256: Sha256 as never,
    });
    const request = { method, protocol: "https:", hostname: url.hostname, path: url.pathname, query: {} };
    const body = method === "POST" ? "{}" : "";
    const { headers } = await signer.sign({ ...request, body, headers: { host: url.host } });
    return headers;
  };

  it("have each its own quota and its own models: one is stopped where the other goes on", async () => {
    served = await serveStack({
      ...alone,
      ...models,
      clients: [
        { name: "acme", quota: 4, models: ["add"] },
        { name: "labs", quota: 100, models: ["vector", "scalar"] },
      ],
    });
    const [acme, labs] = [{ "x-api-key": of("acme").apiKey! }, { "x-api-key": of("labs").apiKey! }];
    expect((await ask(acme, "/v2/models/add")).status).to.equal(200);
    expect((await ask(labs, "/v2/models/vector")).status).to.equal(200);
    const refused = await ask(acme, "/v2/models/vector");
    expect([refused.status, refused.json]).to.deep.equal([403, { error: "forbidden" }]);
    expect((await ask(labs, "/v2/models/add/infer", "POST")).status).to.equal(403);
    expect((await ask(labs, "/v1/models/add:predict", "POST")).status).to.equal(403);
    // Its own model, but an empty request.
    expect((await ask(labs, "/v1/models/vector:predict", "POST")).status).to.equal(400);
    expect((await ask(labs, "/mymodel", "POST")).status).to.equal(403);

    const names = async (headers: Record<string, string>) =>
      ((await ask(headers, "/v2/repository/index", "POST")).json as { name: string }[]).map(({ name }) => name);
    expect(await names(acme)).to.deep.equal(["add"]);
    expect(await names(labs)).to.have.members(["vector", "scalar"]);

    expect((await ask(acme, "/v2/health/live")).status).to.equal(200);
    const spent = await ask(acme, "/v2/health/live");
    expect([spent.status, spent.json]).to.deep.equal([429, { error: "Limit Exceeded", message: "Limit Exceeded" }]);
    expect((await ask(labs, "/v2/health/live")).status).to.equal(200);
  });

  it("have each its own throttle: one that bursts does not slow the other", async () => {
    const now = Date.now();
    served = await serveStack(
      { ...alone, clients: [{ name: "acme", rate: 1, burst: 2 }, { name: "labs" }] },
      "dev",
      () => now,
    );
    const burst = await Promise.all(
      Array.from({ length: 6 }, () => ask({ "x-api-key": of("acme").apiKey! }, "/v2/health/live")),
    );
    expect(burst.filter(({ status }) => status === 200).length).to.equal(2);
    expect(burst.filter(({ status }) => status === 429).length).to.equal(4);
    expect((await ask({ "x-api-key": of("labs").apiKey! }, "/v2/health/live")).status).to.equal(200);
  });

  it("are under IAM let in by the API's own policy, as far as it names their models, and nobody else with them", async () => {
    served = await serveStack({
      ...alone,
      ...models,
      apiGatewayAuth: "iam",
      clients: [
        { name: "team", principal: role, models: ["add"] },
        { name: "partner", principal: foreignRole, models: ["vector"] },
        { name: "reseller", principal: `${foreignRole}-2`, models: ["add"] },
      ],
    });
    const status = async (client: ClientCredentials, path: string, method = "GET") =>
      (await ask(await signed(client, method, path), path, method)).status;
    expect(await status(of("team"), "/v2/models/add")).to.equal(200);
    expect(await status(of("partner"), "/v2/models/vector")).to.equal(200);
    // One statement lets in both whose models are the same.
    expect(await status(of("reseller"), "/v2/models/add")).to.equal(200);
    expect(await status(of("reseller"), "/v2/models/vector")).to.equal(403);

    const refused = await ask(await signed(of("team"), "GET", "/v2/models/vector"), "/v2/models/vector");
    expect(refused.status).to.equal(403);
    // Its own account lets the partner call anything; this API has to as well.
    const partner = await ask(await signed(of("partner"), "GET", "/v2/models/add"), "/v2/models/add");
    expect([partner.status, partner.headers["x-amzn-errortype"]]).to.deep.equal([403, "AccessDeniedException"]);
    // The gateway refuses it, before the function is paid for.
    expect(refused.headers["x-amzn-errortype"]).to.equal("AccessDeniedException");
    expect(await status(of("team"), "/v2/models/add%2F..%2Fvector")).to.be.oneOf([400, 403]);
    expect(await status(of("team"), "/v2/models/%76ector")).to.be.oneOf([400, 403]);
    expect(await status({ ...of("team"), accessKeyId: of("partner").accessKeyId! }, "/v2/models/add")).to.equal(403);
  });

  it("need under IAM with keys both: another's key does not pay for one's calls", async () => {
    served = await serveStack({
      ...alone,
      apiGatewayAuth: "iam",
      apiGatewayKeyRequired: true,
      clients: [
        { name: "team", principal: role },
        { name: "partner", principal: foreignRole, quota: 50 },
      ],
    });
    const path = "/v2/models/mymodel";
    const call = async (signer: string, key: string) =>
      (await ask({ ...(await signed(of(signer), "GET", path)), "x-api-key": of(key).apiKey! }, path)).status;
    expect([await call("team", "team"), await call("team", "partner"), await call("partner", "team")]).to.deep.equal([
      200, 403, 403,
    ]);
  });

  for (const apiGatewayAuth of ["cognito", "lambda"]) {
    it(`are told apart under ${apiGatewayAuth} by the application that their token was issued to`, async () => {
      const principal = (name: string) => (apiGatewayAuth === "lambda" ? { principal: `app-of-${name}` } : {});
      served = await serveStack({
        ...alone,
        ...models,
        apiGatewayAuth,
        clients: [
          { name: "acme", models: ["add"], ...principal("acme") },
          { name: "labs", models: ["vector"], ...principal("labs") },
        ],
      });
      const status = async (name: string, model: string) =>
        (await ask({ authorization: `Bearer ${of(name).token!}` }, `/v2/models/${model}`)).status;
      expect([await status("acme", "add"), await status("acme", "vector")]).to.deep.equal([200, 403]);
      expect([await status("labs", "add"), await status("labs", "vector")]).to.deep.equal([403, 200]);
    });
  }

  it("keep a token that the issuer gave to another application from every model", async () => {
    served = await serveStack({
      ...alone,
      auth0Authorizer: true,
      apiGatewayAuth: "lambda",
      oidcAudience: "https://predict.example.com",
      clients: [{ name: "acme", principal: "app-1" }],
    });
    const [own, other] = served.run.apis.map(({ credentials }) => credentials);
    expect([own!.clientId, own!.audience]).to.deep.equal(["app-1", other!.audience]);
    expect(other!.clientId).not.to.equal("app-1");
    const status = async ({ token }: { token?: string }) =>
      (await ask({ authorization: `Bearer ${token!}` }, "/v2/models/mymodel")).status;
    expect([await status(own!), await status(other!)]).to.deep.equal([200, 403]);
  });

  it("prints in place of nobody's credentials those of the first", async () => {
    served = await serveStack({ ...alone, clients: [{ name: "acme" }, { name: "labs" }] });
    const { apiKey, clients } = served.run.credentials;
    expect(apiKey).to.equal(clients!["acme"]!.apiKey);
    expect(apiKey).not.to.equal(clients!["labs"]!.apiKey);
    const answer = await served.call("POST", "/mymodel", { headers: { "x-api-key": apiKey! }, body: flower });
    expect(answer.status, answer.text).to.equal(200);
    await served.run.close();
    expect(served.lines.join("\n")).to.include('"client":"acme"').and.include('"Client":"acme"');
  });
});

describe("the networks that may call a local run", () => {
  let served: Served;
  afterEach(() => served.run.close());
  const anonymous =
    /^User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}9012:\w+\/dev\/GET\/v2 with an explicit deny$/;

  it("are the ones that are allowed: from another not even a key counts", async () => {
    served = await serveStack({ ...alone, allowedNetworks: ["203.0.113.0/24"] });
    for (const headers of [{ "x-api-key": served.run.credentials.apiKey! }, {}] as Record<string, string>[]) {
      const { status, text } = await served.call("GET", "/v2", { headers });
      expect(status).to.equal(403);
      expect((JSON.parse(text) as { message: string }).message).to.match(anonymous);
    }
    // Whom a caller says that it forwards for decides nothing.
    const forged = { "x-forwarded-for": "203.0.113.7", "x-api-key": served.run.credentials.apiKey! };
    expect((await served.call("GET", "/v2", { headers: forged })).status).to.equal(403);
  });

  it("may call as before, with a key", async () => {
    served = await serveStack({ ...alone, allowedNetworks: ["203.0.113.0/24", "127.0.0.0/8"] });
    const headers = { "x-api-key": served.run.credentials.apiKey! };
    expect((await served.call("GET", "/v2", { headers })).status).to.equal(200);
    expect((await served.call("GET", "/v2")).status).to.equal(403);
  });

  it("are asked before the authorizer is, and let browsers ask first", async () => {
    const set = { ...alone, apiGatewayAuth: "lambda", corsOrigin: "https://app.example.com" };
    served = await serveStack({ ...set, allowedNetworks: ["203.0.113.0/24"] });
    const headers = { authorization: `Bearer ${served.run.credentials.token!}` };
    const refused = await served.call("GET", "/v2", { headers });
    expect(refused.status).to.equal(403);
    await served.run.close();
    expect(served.lines.filter((line) => line.startsWith("model-serving-dev-authorizer "))).to.deep.equal([]);
    served = await serveStack({ ...set, allowedNetworks: ["127.0.0.0/8"] });
    const token = { authorization: `Bearer ${served.run.credentials.token!}` };
    expect((await served.call("GET", "/v2", { headers: token })).status).to.equal(200);
    expect((await served.call("GET", "/v2")).status).to.equal(401);
    const preflight = { origin: "https://app.example.com", "access-control-request-method": "GET" };
    expect((await served.call("OPTIONS", "/v2", { headers: preflight })).status).to.equal(204);
  });
});
