import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bench as archives } from "../bench/archives";
import { budgets } from "../bench/budgets";
import { inTurns, spread } from "../bench/measure";
import { type Measured, parts } from "../bench/run";

describe("npm run bench", () => {
  it("npm run bench finds what the program uploads: the code, and the library beside it", async () => {
    const [code, library] = (await archives()).map(({ samples }) => samples[0]);
    expect(code, "KB of code").to.be.within(1, 200);
    expect(library, "MB of the library").to.be.within(5, 200);
  });

  it("npm run bench gives the median and the quartiles of its turns", () => {
    expect(spread([4, 1, 3, 2, 5])).to.deep.equal({ median: 3, low: 2, high: 4 });
    expect(spread([1, 2])).to.deep.equal({ median: 1.5, low: 1.25, high: 1.75 });
    expect(spread([7])).to.deep.equal({ median: 7, low: 7, high: 7 });
  });

  it("npm run bench calls in turns, after a first time that does not count", async () => {
    const called: string[] = [];
    const calls = ["a", "b"].map((name) => () => called.push(name));
    expect(await inTurns(calls, { turns: 2, times: 1 })).to.have.lengthOf(2);
    expect(called.slice(10).join("")).to.equal("abba");
  });

  it("npm run bench has a file for each part, and budgets for rows that there are", () => {
    for (const part of Object.keys(parts))
      expect(existsSync(join(__dirname, `../bench/${part}.ts`)), part).to.equal(true);
    const { rows } = JSON.parse(readFileSync(join(__dirname, "../docs/bench.json"), "utf8")) as Measured;
    const ids = rows.map(({ id }) => id);
    expect(ids).to.include.members(Object.keys(budgets));
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
