import { expect } from "chai";
import type { LivePointer } from "../../../contract";
import {
  chosen,
  isCanary,
  parsePointer,
  promoted,
  published,
  rolledBack,
} from "../../../lambda/core/publish/live-pointer";

const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
const pointer = (of: Partial<LivePointer> = {}): LivePointer => ({
  digest: a,
  previous: null,
  canaryPercent: 100,
  reason: "published",
  handled: [1],
  ...of,
});

describe("Functions: the pointer to the live model", () => {
  it("begins with the model that the code ships with as the one before", () => {
    expect(published(undefined, { digest: a, version: 1, canaryPercent: 10 })).to.deep.equal(
      pointer({ canaryPercent: 10 }),
    );
  });

  it("keeps as the one before what served all requests, not a canary that proved nothing", () => {
    const after = published(pointer(), { digest: b, version: 2, canaryPercent: 10 });
    expect(after).to.deep.equal(pointer({ digest: b, previous: a, canaryPercent: 10, handled: [1, 2] }));
    expect(published(after, { digest: c, version: 3, canaryPercent: 10 })).to.deep.equal(
      pointer({ digest: c, previous: a, canaryPercent: 10, handled: [1, 2, 3] }),
    );
  });

  it("is changed by a version once, however often it is told of, also after a rollback", () => {
    const publication = { digest: b, version: 2, canaryPercent: 100 };
    const after = published(pointer(), publication)!;
    expect(published(after, publication)).to.equal(undefined);
    expect(published(rolledBack(after), publication)).to.equal(undefined);
  });

  it("does not make a model its own predecessor when another version has the same bytes", () => {
    const before = pointer({ digest: b, previous: a, canaryPercent: 10, handled: [1, 2] });
    expect(published(before, { digest: b, version: 3, canaryPercent: 50 })).to.deep.equal({
      ...before,
      handled: [1, 2, 3],
    });
    // The proven one again, while a canary runs: all requests go back to it.
    expect(published(before, { digest: a, version: 3, canaryPercent: 50 })).to.deep.equal(
      pointer({ digest: a, previous: b, canaryPercent: 100, handled: [1, 2, 3] }),
    );
  });

  it("goes back to the one before for all requests, and forward again", () => {
    const canary = pointer({ digest: b, previous: a, canaryPercent: 10 });
    const back = rolledBack(canary);
    expect(back).to.deep.equal(pointer({ digest: a, previous: b, reason: "rolled back" }));
    expect(isCanary(back)).to.equal(false);
    expect(rolledBack(back)).to.include({ digest: b, previous: a, canaryPercent: 100 });
  });

  it("gives a promoted canary all requests", () => {
    const canary = pointer({ digest: b, previous: a, canaryPercent: 10 });
    expect(isCanary(canary)).to.equal(true);
    expect(promoted(canary)).to.deep.equal({ ...canary, canaryPercent: 100, reason: "promoted" });
  });

  it("gives the canary its share", () => {
    const canary = pointer({ digest: b, previous: a, canaryPercent: 10 });
    expect([0, 9.99, 10, 99.9].map((roll) => chosen(canary, roll))).to.deep.equal([
      "digest",
      "digest",
      "previous",
      "previous",
    ]);
    expect(chosen(pointer(), 99.9)).to.equal("digest");
  });

  it("remembers the last hundred versions", () => {
    const handled = Array.from({ length: 100 }, (_, index) => index + 1);
    const after = published(pointer({ handled }), { digest: b, version: 101, canaryPercent: 100 });
    expect(after?.handled).to.deep.equal([...handled.slice(1), 101]);
  });

  it("is read back as it was written", () => {
    const whole = pointer({ previous: b, canaryPercent: 0, reason: "rolled back", handled: [] });
    expect(parsePointer(JSON.stringify(whole))).to.deep.equal(whole);
  });

  const broken: readonly (readonly [what: object | string, fault: RegExp])[] = [
    ["[]", /digest/],
    ["null", /not an object/],
    ["{", /JSON/],
    [{ digest: "../../other" }, /digest/],
    [{ digest: a.toUpperCase() }, /digest/],
    [{ digest: undefined }, /digest/],
    [{ previous: 1 }, /previous/],
    [{ canaryPercent: 101 }, /canaryPercent/],
    [{ canaryPercent: "10" }, /canaryPercent/],
    [{ canaryPercent: 0.5 }, /canaryPercent/],
    [{ reason: "because" }, /reason/],
    [{ handled: [0] }, /handled/],
    [{ handled: ["1"] }, /handled/],
  ];
  for (const [what, fault] of broken) {
    it(`is refused as ${typeof what === "string" ? what : JSON.stringify({ ...what, ...("digest" in what && what.digest === undefined ? { digest: "absent" } : {}) })}`, () => {
      const text = typeof what === "string" ? what : JSON.stringify({ ...pointer(), ...what });
      expect(() => parsePointer(text)).to.throw(fault);
    });
  }
});
