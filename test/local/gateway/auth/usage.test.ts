import { expect } from "chai";
import type { Resource } from "../../../../graph/resource";
import { isGatewayResponse } from "../../../../local/gateway/request/exchange";
import { Usage, type UsageRoute } from "../../../../local/gateway/usage/usage-check";
import { Unenforceable } from "../../../../local/base/unenforceable";
import { aRequest, api, now } from "./a-request";
import { aGraph, aResource } from "./a-graph";

const good = "key-of-the-first-client-1";
const second = "key-of-another-client-002";
const route: UsageRoute = { method: "POST", resource: "/mymodel", keyRequired: true };

const key = (name: string, value: string, more: object = {}): Resource =>
  aResource("aws:apigateway/apiKey:ApiKey", name, { enabled: true, ...more }, { value });
const link = (keyId: string, usagePlanId = "plan"): Resource =>
  aResource("aws:apigateway/usagePlanKey:UsagePlanKey", `${keyId}-${usagePlanId}`, {
    keyId,
    keyType: "API_KEY",
    usagePlanId,
  });
const plan = (settings: object = {}, stage: object = {}): Resource =>
  aResource("aws:apigateway/usagePlan:UsagePlan", "plan", {
    apiStages: [{ apiId: api.id, stage: api.stage, ...stage }],
    ...settings,
  });
const restApi = (inputs: object = {}): Resource =>
  aResource("aws:apigateway/restApi:RestApi", "api", { body: "{}", ...inputs }, {}, api.id);
const stageSettings = (methodPath: string, rateLimit: number, burstLimit: number): Resource =>
  aResource("aws:apigateway/methodSettings:MethodSettings", methodPath, {
    restApi: api.id,
    stageName: api.stage,
    methodPath,
    settings: { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit },
  });

/** Asks at chosen times, with a key or none; `ok:<key id>`, or the refusal's type. */
function gate(
  ...resources: Resource[]
): (value?: string | string[], asked?: Partial<UsageRoute>, at?: number, named?: string) => string {
  let time = now;
  const usage = new Usage(aGraph(restApi(), ...resources), api.id, api.stage, () => time);
  return (value, asked = {}, at = now, named) => {
    time = at;
    const values = value === undefined ? [] : [value].flat();
    const call = aRequest({ headers: values.map((one) => ["X-Api-Key", one] as const) });
    const outcome = usage.check(call, { ...route, ...asked }, { usageIdentifierKey: named });
    if (isGatewayResponse(outcome)) {
      expect(JSON.stringify(outcome)).not.to.contain(good);
      return outcome.type;
    }
    return outcome.apiKeyId === undefined ? "ok" : `ok:${outcome.apiKeyId}`;
  };
}

describe("API keys", () => {
  const keys = [
    key("first", good),
    key("off", "a-disabled-key-000000000", { enabled: false }),
    key("loose", "a-key-in-no-plan-0000000"),
    link("first"),
    link("off"),
    plan(),
  ];
  const cases: Record<string, [string | string[] | undefined, string]> = {
    "the right key": [good, "ok:first"],
    "no key": [undefined, "INVALID_API_KEY"],
    "an empty key": ["", "INVALID_API_KEY"],
    "an unknown key": ["key-of-nobody-0000000000", "INVALID_API_KEY"],
    "the start of the right key": [good.slice(0, -1), "INVALID_API_KEY"],
    "the right key in other letters": [good.toUpperCase(), "INVALID_API_KEY"],
    "the key's id": ["first", "INVALID_API_KEY"],
    "a disabled key": ["a-disabled-key-000000000", "INVALID_API_KEY"],
    "a key in no plan": ["a-key-in-no-plan-0000000", "INVALID_API_KEY"],
    "two keys, the right one first": [[good, second], "INVALID_API_KEY"],
  };
  for (const [name, [value, expected]] of Object.entries(cases))
    it(`${expected.startsWith("ok") ? "admit" : "reject"} ${name}`, () =>
      expect(gate(...keys)(value)).to.equal(expected));

  it("answer Forbidden, whatever was wrong", () => {
    const usage = new Usage(aGraph(restApi(), ...keys), api.id, api.stage, () => now);
    expect(usage.check(aRequest(), route, {})).to.deep.include({ type: "INVALID_API_KEY", message: "Forbidden" });
  });

  it("of another stage's or API's plan are rejected", () => {
    expect(gate(key("first", good), link("first"), plan({}, { stage: "prod" }))(good)).to.equal("INVALID_API_KEY");
    expect(gate(key("first", good), link("first"), plan({}, { apiId: "zzzzz00000" }))(good)).to.equal(
      "INVALID_API_KEY",
    );
  });

  it("are not asked for where the method does not, and its plan does not count then", () => {
    const ask = gate(key("first", good), link("first"), plan({ quotaSettings: { limit: 0, period: "DAY" } }));
    expect(ask(undefined, { keyRequired: false })).to.equal("ok");
    expect(ask(good, { keyRequired: false })).to.equal("ok");
    expect(ask(good)).to.equal("QUOTA_EXCEEDED");
  });

  it("come from the authorizer alone, where the API says so", () => {
    const usage = new Usage(aGraph(restApi({ apiKeySource: "AUTHORIZER" }), ...keys), api.id, api.stage, () => now);
    const call = aRequest({ headers: [["x-api-key", good]] });
    expect(usage.check(call, route, {})).to.have.property("type", "INVALID_API_KEY");
    expect(usage.check(aRequest(), route, { usageIdentifierKey: good })).to.deep.equal({
      apiKeyId: "first",
      apiKey: good,
    });
    expect(gate(...keys)(undefined, {}, now, good)).to.equal("INVALID_API_KEY");
    const inBody = new Usage(
      aGraph(restApi({ body: '{"x-amazon-apigateway-api-key-source": "AUTHORIZER"}' }), ...keys),
      api.id,
      api.stage,
      () => now,
    );
    expect(inBody.check(call, route, {})).to.have.property("type", "INVALID_API_KEY");
  });

  it("come from the header where an example in the document merely mentions the authorizer", () => {
    const example = { "x-amazon-apigateway-api-key-source": "AUTHORIZER" };
    const schema = { type: "object", example };
    const body = JSON.stringify({ paths: {}, components: { schemas: { Input: schema } }, example });
    const usage = new Usage(aGraph(restApi({ body }), ...keys), api.id, api.stage, () => now);
    const call = aRequest({ headers: [["x-api-key", good]] });
    expect(usage.check(call, route, {})).to.have.property("apiKeyId", "first");
    expect(usage.check(aRequest(), route, { usageIdentifierKey: good })).to.have.property("type", "INVALID_API_KEY");
  });
});

describe("usage limits", () => {
  const two = [key("first", good), key("second", second), link("first"), link("second")];
  const many = (ask: () => string, times: number): string[] => Array.from({ length: times }, ask);

  it("throttle each key by itself", () => {
    const ask = gate(...two, plan({ throttleSettings: { rateLimit: 1, burstLimit: 2 } }));
    expect(many(() => ask(good), 3)).to.deep.equal(["ok:first", "ok:first", "THROTTLED"]);
    expect(ask(second)).to.equal("ok:second");
    expect(ask(good, {}, now + 1000)).to.equal("ok:first");
  });

  it("throttle a method of the plan by itself", () => {
    const ask = gate(
      ...two,
      plan(
        { throttleSettings: { rateLimit: 10, burstLimit: 10 } },
        { throttles: [{ path: "/mymodel/POST", rateLimit: 1, burstLimit: 1 }] },
      ),
    );
    expect(many(() => ask(good), 2)).to.deep.equal(["ok:first", "THROTTLED"]);
    expect(ask(good, { resource: "/v2" })).to.equal("ok:first");
    expect(ask(second)).to.equal("ok:second");
  });

  it("end at the key's quota until the next period", () => {
    const ask = gate(...two, plan({ quotaSettings: { limit: 2, period: "DAY" } }));
    expect(many(() => ask(good), 3)).to.deep.equal(["ok:first", "ok:first", "QUOTA_EXCEEDED"]);
    expect(ask(second)).to.equal("ok:second");
    expect(ask(good, {}, Date.parse("2026-11-22T00:00:00Z"))).to.equal("ok:first");
  });

  it("use up nothing of the quota for a throttled call", () => {
    const ask = gate(
      ...two,
      plan({ throttleSettings: { rateLimit: 1, burstLimit: 1 }, quotaSettings: { limit: 2, period: "DAY" } }),
    );
    expect(many(() => ask(good), 5)).to.deep.equal(["ok:first", ...Array<string>(4).fill("THROTTLED")]);
    expect(ask(good, {}, now + 1000)).to.equal("ok:first");
    expect(ask(good, {}, now + 2000)).to.equal("QUOTA_EXCEEDED");
  });

  it("answer the throttle's type before the quota's, and AWS's texts", () => {
    const graph = (quota: number) =>
      aGraph(
        restApi(),
        ...two,
        plan({ throttleSettings: { rateLimit: 0, burstLimit: 0 }, quotaSettings: { limit: quota, period: "DAY" } }),
      );
    const call = aRequest({ headers: [["x-api-key", good]] });
    const throttled = new Usage(graph(0), api.id, api.stage, () => now).check(call, route, {});
    expect(throttled).to.deep.include({ type: "THROTTLED", message: "Too Many Requests" });
    const noQuota = aGraph(restApi(), ...two, plan({ quotaSettings: { limit: 0, period: "DAY" } }));
    const exceeded = new Usage(noQuota, api.id, api.stage, () => now).check(call, route, {});
    expect(exceeded).to.deep.include({ type: "QUOTA_EXCEEDED", message: "Limit Exceeded" });
  });

  it("of the stage hold without a key, for each method by itself", () => {
    const ask = gate(stageSettings("*/*", 1, 1));
    const open = { keyRequired: false };
    expect(many(() => ask(undefined, open), 2)).to.deep.equal(["ok", "THROTTLED"]);
    expect(ask(undefined, { ...open, resource: "/v2", method: "GET" })).to.equal("ok");
  });

  for (const path of ["mymodel/POST", "/mymodel/POST", "~1mymodel/POST"])
    it(`of the stage are overridden for a method written ${path}`, () => {
      const ask = gate(stageSettings("*/*", 1, 1), stageSettings(path, 5, 3));
      expect(many(() => ask(undefined, { keyRequired: false }), 4)).to.deep.equal(["ok", "ok", "ok", "THROTTLED"]);
    });

  it("of the account hold over all APIs of the program", () => {
    const graph = aGraph(restApi());
    const [one, other] = [api.id, "zzzzz00000"].map((id) => new Usage(graph, id, api.stage, () => now));
    const open = { ...route, keyRequired: false };
    for (let count = 0; count < 5_000; count++)
      expect(isGatewayResponse(one!.check(aRequest(), open, {}))).to.equal(false);
    expect(other!.check(aRequest(), open, {})).to.have.property("type", "THROTTLED");
  });

  it("do not grow with the keys that callers invent", () => {
    const usage = new Usage(
      aGraph(restApi(), ...two, plan({ throttleSettings: { rateLimit: 1, burstLimit: 2 } })),
      api.id,
      api.stage,
      () => now,
    );
    for (let count = 0; count < 10_000; count++)
      usage.check(aRequest({ headers: [["x-api-key", `invented-key-${count}-0000000`]] }), route, {});
    expect((usage as unknown as { buckets: Map<string, unknown> }).buckets.size).to.equal(0);
  });

  const odd: Record<string, Resource[]> = {
    "a period that is none": [plan({ quotaSettings: { limit: 1, period: "HOUR" } })],
    "an offset beyond its period": [plan({ quotaSettings: { limit: 1, period: "WEEK", offset: 7 } })],
    "an offset in a day": [plan({ quotaSettings: { limit: 1, period: "DAY", offset: 1 } })],
    "a quota without a number": [plan({ quotaSettings: { period: "DAY" } })],
    "a throttle that is not a number": [plan({ throttleSettings: { rateLimit: "10", burstLimit: 1 } })],
    "a key shorter than AWS takes": [key("short", "short")],
  };
  for (const [name, resources] of Object.entries(odd))
    it(`stop the start for ${name}`, () => expect(() => gate(...resources)).to.throw(Unenforceable));

  it("stop the start for an unknown key source", () => {
    const graph = aGraph(restApi({ apiKeySource: "QUERY" }));
    expect(() => new Usage(graph, api.id, api.stage, () => now)).to.throw(Unenforceable, /apiKeySource/);
  });
});
