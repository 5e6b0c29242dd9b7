import { expect } from "chai";

import { Failure } from "../../../lambda/core/failure";
import type { PinnedModel } from "../../../lambda/core/publish/pinned-model";
import type { Model } from "../../../lambda/core/tensor/signature";
import { Catalog, retryAfter } from "../../../lambda/edge/catalog";

const pinned: PinnedModel = { name: "m", digest: "a".repeat(64), files: new Map() };
const model: Model = {
  name: "m",
  version: "a",
  signature: { inputs: [], outputs: [] },
  run: () => Promise.resolve({ version: "", outputs: [] }),
};

function catalog(load: () => Promise<Model>) {
  let now = 0;
  let loads = 0;
  const made = new Catalog(
    new Map([["m", pinned]]),
    () => {
      loads++;
      return load();
    },
    () => now,
  );
  return { made, advance: (by: number) => (now += by), loads: () => loads };
}

/** The failure of a promise that must fail. */
async function failure(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("Functions: the catalog of models", () => {
  it("loads a model once, however many ask at the same time", async () => {
    const { made, loads } = catalog(() => Promise.resolve(model));
    expect(await Promise.all([made.get("m"), made.get("m"), made.get("m")])).to.deep.equal([model, model, model]);
    await made.get("m");
    expect(loads()).to.equal(1);
  });

  it("remembers a failure for a while, then tries again", async () => {
    let broken = true;
    const { made, advance, loads } = catalog(() =>
      broken ? Promise.reject(new Error("no file")) : Promise.resolve(model),
    );
    expect((await failure(made.get("m"))).code).to.equal("model-unavailable");
    broken = false;
    advance(retryAfter - 1);
    expect((await failure(made.get("m"))).code).to.equal("model-unavailable");
    expect(loads()).to.equal(1);
    advance(1);
    expect(await made.get("m")).to.equal(model);
    expect(loads()).to.equal(2);
  });

  it("knows no other model, and loads nothing for one", () => {
    const { made, loads } = catalog(() => Promise.resolve(model));
    for (const name of ["other", "__proto__", "constructor", "../m"])
      expect(() => made.get(name)).to.throw(Failure, /no such model/);
    expect(loads()).to.equal(0);
  });
});
