import { expect } from "chai";
import { driftReport, isDrift } from "../../drift/drift-report";
import { driftIn, findingsIn } from "../../drift/engine-events";

const urn = (type: string, name: string) => `urn:pulumi:dev::model-serving::${type}::${name}`;
const step = (op: string, name: string, detailedDiff?: object) => ({
  resOutputsEvent: { metadata: { op, urn: urn("aws:kms/key:Key", name), type: "aws:kms/key:Key", detailedDiff } },
});
const finding = (policyName: string, enforcementLevel: string) => ({
  policyEvent: { resourceUrn: urn("aws:kms/key:Key", "key"), policyName, enforcementLevel },
});
const printed = (...events: object[]) =>
  events.map((event, sequence) => JSON.stringify({ sequence, ...event })).join("\n");
const end = { summaryEvent: {} };

describe("Drift", () => {
  it("is each resource that differs or is gone, and no other", () => {
    const events = [
      step("same", "as-it-was"),
      step("update", "key", { policy: {}, description: {} }),
      step("delete", "gone"),
    ];
    expect(driftIn(printed(...events, end))).to.deep.equal([
      { name: "gone", type: "aws:kms/key:Key", properties: [], gone: true },
      { name: "key", type: "aws:kms/key:Key", properties: ["description", "policy"], gone: false },
    ]);
  });

  it("cannot be told where the engine came to no end", () => {
    for (const read of [driftIn, findingsIn]) expect(() => read(printed(step("same", "key")))).to.throw("no summary");
  });

  it("is also what violates the policy, if that would stop a deployment", () => {
    const findings = findingsIn(printed(finding("key-rotates", "mandatory"), finding("known", "advisory"), end));
    const found = { stack: "dev", drift: [], findings };
    expect(isDrift(found)).to.equal(true);
    expect(driftReport(found)).to.contain("- `key-rotates`: key").and.not.contain("known");
    expect(isDrift({ ...found, findings: findings.filter(({ mandatory }) => !mandatory) })).to.equal(false);
  });

  it("is named so that a path cannot leave its code span", () => {
    const drift = [{ name: "key", type: "t", properties: ["tags.`@everyone` <b>"], gone: false }];
    expect(driftReport({ stack: "dev", drift, findings: [] })).to.contain("`tags._@everyone__<b>`");
  });
});
