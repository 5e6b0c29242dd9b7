import { expect } from "chai";
import { nameIsTaken, withName } from "./naming";

const role = "aws:iam/role:Role";
const seed = (byte: number) => new Uint8Array([byte]);

describe("physical names of the simulated providers", () => {
  it("end in seven hex digits that follow the seed", () => {
    const [one, two] = [seed(1), seed(2)].map((each) => withName(role, "model", {}, {}, each).name);
    expect(one).to.match(/^model-[0-9a-f]{7}$/);
    expect(two)
      .to.match(/^model-[0-9a-f]{7}$/)
      .and.not.equal(one);
  });

  it("stay over an update, whatever the seed", () => {
    const before = withName(role, "model", {}, {}, seed(1));
    expect(withName(role, "model", before, { path: "/" }, seed(2)).name).to.equal(before.name);
  });

  it("are the program's where it gives one, and new again where it no longer does", () => {
    const fixed = withName(role, "model", {}, { name: "fixed" }, seed(1));
    expect(fixed).to.deep.equal({ name: "fixed" });
    expect(withName(role, "model", fixed, {}, seed(2)).name).to.match(/^model-[0-9a-f]{7}$/);
  });

  it("are taken for a replacement only where the program fixed them", () => {
    const given = withName(role, "model", {}, {}, seed(1));
    expect(nameIsTaken(role, given, given)).to.equal(false);
    expect(nameIsTaken(role, { name: "fixed" }, { name: "fixed" })).to.equal(true);
    expect(nameIsTaken(role, { name: "fixed" }, { name: "other" })).to.equal(false);
  });

  it("are the cloud's to give where the program gives a prefix, and so never in a replacement's way", () => {
    const inputs = { namePrefix: "ours/" };
    expect(withName("aws:secretsmanager/secret:Secret", "secret", {}, inputs, seed(1))).to.deep.equal(inputs);
    expect(nameIsTaken("aws:secretsmanager/secret:Secret", inputs, inputs)).to.equal(false);
  });

  it("are left out of types that have none", () => {
    expect(withName("aws:apigateway/deployment:Deployment", "api", {}, {}, seed(1))).to.deep.equal({});
  });
});
