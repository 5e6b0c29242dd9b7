import { expect } from "chai";
import { readEvent } from "../../../lambda/core/rotation-event";
import { RotationFault } from "../../../lambda/core/rotation-fault";
import { descriptionOf, retiredAtOf } from "../../../lambda/core/key-lifetime";
import { keyBytes, keyFrom, readValue, writeValue } from "../../../lambda/core/secret-value";

const secretId = "arn:aws:secretsmanager:us-west-2:123456789012:secret:ours-AbCdEf";
const token = "01234567-89ab-cdef-0123-456789abcdef";
const step = { SecretId: secretId, ClientRequestToken: token, Step: "setSecret" };

describe("an event of the rotation", () => {
  it("is a step of Secrets Manager's, or one of the project's own", () => {
    expect(readEvent(step, secretId)).to.deep.equal({ kind: "step", step: "setSecret", token });
    expect(readEvent({ event: "adopt" }, secretId)).to.deep.equal({ kind: "adopt" });
    expect(readEvent({ event: "sweep" }, secretId)).to.deep.equal({ kind: "sweep" });
    const lifecycle = { event: "lifecycle", plan: "p", tf: { action: "delete", prev_input: null } };
    expect(readEvent(lifecycle, secretId)).to.deep.equal({ kind: "lifecycle", action: "delete" });
  });

  const refused: [what: string, event: unknown, fault: RegExp][] = [
    ["nothing", undefined, /no object/],
    ["a text", "sweep", /no object/],
    ["an unknown step", { ...step, Step: "deleteSecret" }, /Step is none of createSecret/],
    ["no step", { ...step, Step: undefined }, /Step is none of/],
    ["a step by an inherited name", { ...step, Step: "constructor" }, /Step is none of/],
    ["another secret", { ...step, SecretId: `${secretId}x` }, /SecretId is not the secret/],
    ["a secret by part of its ARN", { ...step, SecretId: secretId.slice(0, -7) }, /SecretId is not the secret/],
    ["no token", { ...step, ClientRequestToken: undefined }, /ClientRequestToken is not 32 to 64/],
    ["a token that is a path", { ...step, ClientRequestToken: `../${token}` }, /ClientRequestToken is not/],
    ["an unknown event", { event: "destroy" }, /event is none of adopt, sweep, lifecycle/],
    ["a lifecycle without an action", { event: "lifecycle" }, /tf\.action is none of/],
    ["a lifecycle with another action", { event: "lifecycle", tf: { action: "read" } }, /tf\.action is none of/],
  ];
  for (const [what, event, fault] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => readEvent(event, secretId)).to.throw(RotationFault, fault);
    });
  }
});

describe("the secret's value", () => {
  it("comes back as it was written", () => {
    const apiKey = keyFrom(Buffer.alloc(keyBytes, 7));
    expect(apiKey).to.match(/^[\w-]{40}$/);
    expect(readValue(writeValue(apiKey))).to.equal(apiKey);
    expect(() => keyFrom(Buffer.alloc(keyBytes - 1))).to.throw(RangeError);
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
      expect(() => readValue(text)).to.throw(RotationFault, /20 to 128/);
    });
  }
});

describe("the mark of a replaced key", () => {
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
