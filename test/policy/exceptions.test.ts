import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkGraph, isViolation } from "../../policy/check";
import { type Exception, readExceptions } from "../../policy/exceptions";
import { pack } from "../../policy/pack";
import { a, graphOf } from "./a-graph";

const key = a("aws:kms/key:Key", "key", { enableKeyRotation: false, policy: '{"Statement":[{}]}' });
const exception: Exception = {
  rule: "key-rotates",
  resource: "aws:kms/key:Key::key",
  reason: "a test needs a key that does not rotate",
  review: "2027-01-01",
};

/** Findings of `key-rotates` under one exception. */
function rotation(change: Partial<Exception>, today = "2026-11-20", stack = "dev") {
  const options = { today: new Date(`${today}T00:00:00Z`), exceptions: [{ ...exception, ...change }] };
  return checkGraph(graphOf([key], stack), options).filter(({ rule }) => rule === "key-rotates");
}

describe("Policy exceptions", () => {
  it("cover a finding, and say why", () => {
    const [finding] = rotation({});
    expect(finding).to.include({ status: "excepted", reason: exception.reason });
    expect(isViolation(finding!)).to.equal(false);
  });

  it("cover no other rule, resource, stack or matter", () => {
    for (const change of [
      { rule: "key-outlives-a-mistake" },
      { resource: "aws:kms/key:Key::other" },
      { resource: "aws:kms/key:Key" },
      { resource: "*" },
      { resource: ".*" },
      { stack: "prod" },
      { about: "something" },
    ]) {
      expect(rotation(change)[0]!.status, JSON.stringify(change)).to.equal("open");
    }
    expect(rotation({ resource: "aws:kms/key:Key::*" })[0]!.status).to.equal("excepted");
    expect(rotation({ stack: "dev" })[0]!.status).to.equal("excepted");
  });

  it("end on the day of their review", () => {
    expect(rotation({}, "2026-12-31")[0]!.status).to.equal("excepted");
    const [finding] = rotation({}, "2027-01-01");
    expect(finding!.status).to.equal("expired");
    expect(isViolation(finding!)).to.equal(true);
  });

  it("name rules of the pack", () => {
    const names = pack.map(({ name }) => name);
    for (const { rule } of readExceptions()) expect(names).to.include(rule);
  });

  it("are refused without a rule, a resource, a reason or a day, and with what nobody reads", () => {
    const folder = mkdtempSync(join(tmpdir(), "exceptions-"));
    try {
      const file = join(folder, "exceptions.yaml");
      const read = (change: object) => {
        writeFileSync(file, JSON.stringify([{ ...exception, ...change }]));
        return () => readExceptions(file);
      };
      expect(read({})()).to.deep.equal([exception]);
      expect(read({ rule: undefined })).to.throw("entry 1: rule");
      expect(read({ resource: "" })).to.throw("entry 1: resource");
      expect(read({ reason: "because" })).to.throw("entry 1: reason");
      expect(read({ review: "2027-02-30" })).to.throw("entry 1: review");
      expect(read({ review: "someday" })).to.throw("entry 1: review");
      expect(read({ review: "2999-01-01" })).to.throw("entry 1: review (more than two years ahead)");
      expect(read({ stacks: "dev" })).to.throw("entry 1: stacks");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
