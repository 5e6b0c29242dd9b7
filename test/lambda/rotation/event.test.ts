import { expect } from "chai";
import { descriptionOf, retiredAtOf } from "../../../lambda/core/rotation/key-lifetime";
import { readEvent, RotationError } from "../../../lambda/core/rotation/rotation-event";
import { keyBytes, keyFrom, readValue, writeValue } from "../../../lambda/core/rotation/secret-value";

const base = "arn:aws:secretsmanager:us-west-2:123456789012:secret:model-serving-dev/";
const secretId = `${base}api-key/2026112100000000000000000001-AbCdEf`;
const acmes = `${base}client/acme-eu/2026112100000000000000000002-AbCdEf`;
const shared = { arn: secretId, path: "api-key", keyPrefix: "" };
const acme = { arn: acmes, client: "acme-eu", path: "client/acme-eu", keyPrefix: "acme-eu_" };
const token = "01234567-89ab-cdef-0123-456789abcdef";
const step = { SecretId: secretId, ClientRequestToken: token, Step: "setSecret" };

describe("Functions: an event of the rotation", () => {
  it("is a step of Secrets Manager's, or one of the project's own, about one secret or, of a sweep, all", () => {
    expect(readEvent(step, base)).to.deep.equal({
      task: { kind: "step", step: "setSecret", token },
      secrets: [shared],
    });
    expect(readEvent({ ...step, SecretId: acmes }, base).secrets).to.deep.equal([acme]);
    expect(readEvent({ event: "adopt", secret: acmes }, base)).to.deep.equal({
      task: { kind: "adopt" },
      secrets: [acme],
    });
    const lifecycle = { event: "lifecycle", secret: secretId, plan: "p", tf: { action: "delete", prev_input: null } };
    expect(readEvent(lifecycle, base)).to.deep.equal({
      task: { kind: "lifecycle", action: "delete" },
      secrets: [shared],
    });
    const after = (prev_input: unknown) =>
      readEvent({ ...lifecycle, secret: acmes, tf: { action: "update", prev_input } }, base).task;
    expect(after({ ...lifecycle, secret: secretId })).to.deep.include({ before: shared });
    for (const same of [null, { secret: acmes }, { secret: "arn:aws:secretsmanager:us-west-2:1:secret:foreign" }])
      expect(after(same)).to.deep.equal({ kind: "lifecycle", action: "update" });
    const secrets = [acmes, secretId].map((arn) => arn.slice(base.length));
    expect(readEvent({ event: "sweep", secrets }, base)).to.deep.equal({
      task: { kind: "sweep" },
      secrets: [acme, shared],
    });
  });

  const refused: [what: string, event: unknown, fault: RegExp][] = [
    ["nothing", undefined, /is not an object/],
    ["a text", "sweep", /is not an object/],
    ["an unknown step", { ...step, Step: "deleteSecret" }, /Step is not one of createSecret/],
    ["no step", { ...step, Step: undefined }, /Step is not one of/],
    ["a step by an inherited name", { ...step, Step: "constructor" }, /Step is not one of/],
    ["a step of no secret", { ...step, SecretId: undefined }, /SecretId is not the ARN of a secret/],
    ["a secret by its name alone", { ...step, SecretId: "api-key" }, /SecretId is not the ARN/],
    ["no token", { ...step, ClientRequestToken: undefined }, /ClientRequestToken is not 32 to 64/],
    ["a token that is a path", { ...step, ClientRequestToken: `../${token}` }, /ClientRequestToken is not/],
    ["an unknown event", { event: "destroy" }, /event is not one of adopt, sweep, lifecycle/],
    ["an adoption of nothing", { event: "adopt" }, /secret is not the ARN of a secret that this function rotates/],
    ["a sweep of nothing", { event: "sweep" }, /secrets is not a list/],
    ["a sweep of no secrets", { event: "sweep", secrets: [] }, /secrets is not a list/],
    [
      "a sweep of a stranger's besides",
      { event: "sweep", secrets: [secretId.slice(base.length), "x"] },
      /secrets is not/,
    ],
    ["a lifecycle without an action", { event: "lifecycle", secret: secretId }, /tf\.action is not one of/],
    [
      "a lifecycle with another action",
      { event: "lifecycle", secret: secretId, tf: { action: "read" } },
      /tf\.action is not one of/,
    ],
    ["a lifecycle of nothing", { event: "lifecycle", tf: { action: "delete" } }, /secret is not the ARN/],
  ];
  for (const [what, event, fault] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => readEvent(event, base)).to.throw(RotationError, fault);
    });
  }

  const foreign: [what: string, arn: string][] = [
    ["another stack, whose name begins as this one's", acmes.replace("serving-dev/", "serving-dev-2/")],
    ["another account", acmes.replace("123456789012", "210987654321")],
    ["another region", acmes.replace("us-west-2", "us-east-1")],
    ["the stack, and of no kind that it makes", acmes.replace("client/acme-eu", "auth0")],
    ["a client that no setting could name", acmes.replace("acme-eu", "acme_labs")],
    ["a client of a client", acmes.replace("acme-eu", "acme/eu")],
    ["a client without a name", acmes.replace("acme-eu", "")],
    ["the stack, by part of its ARN", acmes.slice(0, -7)],
    ["the stack, and more", `${acmes}/x`],
    ["the stack, in two lines", `${acmes}\n`],
  ];
  for (const [whose, arn] of foreign) {
    it(`refuses a secret of ${whose}, in every event`, () => {
      for (const event of [
        { ...step, SecretId: arn },
        { event: "adopt", secret: arn },
      ])
        expect(() => readEvent(event, base)).to.throw(RotationError, /is not the ARN/);
      expect(() => readEvent({ event: "sweep", secrets: [arn.replace(base, "")] }, base)).to.throw(RotationError);
    });
  }
});

describe("Functions: the secret's value", () => {
  it("comes back as it was written", () => {
    for (const prefix of ["", "acme_"]) {
      const apiKey = keyFrom(Buffer.alloc(keyBytes, 7), prefix);
      expect(apiKey).to.match(new RegExp(`^${prefix}[\\w-]{40}$`));
      expect(readValue(writeValue(apiKey), prefix)).to.equal(apiKey);
    }
    expect(() => keyFrom(Buffer.alloc(keyBytes - 1), "")).to.throw(RangeError);
  });

  for (const key of [
    "x".repeat(19),
    "x".repeat(129),
    `${"x".repeat(20)} y`,
    `${"x".repeat(20)}\n`,
    12345678901234567890n,
  ]) {
    it(`is not ${typeof key === "string" ? `a key of ${key.length} characters, one of them ${JSON.stringify(key.at(-2))}` : "a number"}`, () => {
      const text = typeof key === "string" ? JSON.stringify({ apiKey: key }) : `{"apiKey":${String(key)}}`;
      expect(() => readValue(text, "")).to.throw(RotationError, /20 to 128/);
    });
  }
});

describe("Functions: the mark of a replaced key", () => {
  it("comes back as it was written", () => {
    expect(retiredAtOf(descriptionOf(1_800_000_000_123))).to.equal(1_800_000_000_123);
    expect(retiredAtOf(descriptionOf(undefined))).to.equal(undefined);
  });

  for (const text of ["", "replaced", "replaced 2026-99-01T00:00:00.000Z", "was replaced 2026-01-01T00:00:00.000Z"]) {
    it(`is not read from "${text}": a key that someone described by hand gets its full overlap`, () => {
      expect(retiredAtOf(text)).to.equal(undefined);
    });
  }
});
