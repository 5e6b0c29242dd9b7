import { expect } from "chai";
import { runtime } from "@pulumi/pulumi";
import { differences, topLevel } from "./difference";

/** An asset as the engine sends it. */
const asset = (hash: string) => ({ [runtime.specialSigKey]: runtime.specialAssetSig, hash, text: hash });

describe("differences of two property trees", () => {
  it("name what was added, deleted and updated by path", () => {
    const before = { name: "a", environment: { variables: { KEPT: "1", GONE: "1" } }, layers: ["x", "y"] };
    const after = { name: "b", environment: { variables: { KEPT: "1", NEW: "1" } }, layers: ["x", "z", "w"] };
    expect([...differences(before, after)]).to.deep.equal([
      ["name", "update"],
      ["environment.variables.GONE", "delete"],
      ["environment.variables.NEW", "add"],
      ["layers[1]", "update"],
      ["layers[2]", "add"],
    ]);
  });

  it("quote a key that is no word", () => {
    const found = differences({ tags: { "a.b": "1" } }, { tags: { "a.b": "2" } });
    expect([...found.keys()]).to.deep.equal(['tags["a.b"]']);
    expect(topLevel('tags["a.b"]')).to.equal("tags");
  });

  it("compare an asset by its hash alone, since the state keeps no text", () => {
    const kept = { ...asset("one"), text: undefined };
    expect([...differences({ source: kept }, { source: asset("one") })]).to.deep.equal([]);
    expect([...differences({ source: kept }, { source: asset("two") })]).to.deep.equal([["source", "update"]]);
  });

  it("hold an unknown value for another", () => {
    expect([...differences({ id: "x" }, { id: runtime.unknownValue })]).to.deep.equal([["id", "update"]]);
  });

  it("tell null, absent and empty apart as the engine does", () => {
    expect([...differences({ a: [] }, { a: [], b: undefined })]).to.deep.equal([]);
    expect([...differences({ a: null }, { a: "" })]).to.deep.equal([["a", "update"]]);
  });
});
