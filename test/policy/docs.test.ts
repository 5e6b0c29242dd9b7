import { readFileSync } from "node:fs";
import { expect } from "chai";
import { documentFile, policyDocument } from "../../policy/docs";
import { pack } from "../../policy/pack";

describe("docs/policy.md", () => {
  it("is current (write it with: npm run docs)", () => {
    expect(readFileSync(documentFile, "utf8")).to.equal(policyDocument());
  });

  it("maps every rule to a control", () => {
    for (const { name, controls } of pack) {
      expect(controls, name).not.to.be.empty;
      for (const control of controls) expect(control).to.match(/^[A-Z][\w.]+(\(\w+\)|[:/][\w./-]+)?$/);
    }
  });
});
