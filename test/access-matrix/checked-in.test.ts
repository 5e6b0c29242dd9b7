import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { fileOf, textOf } from "../../access-matrix/checked-in";
import { projectRoot } from "../../graph/evaluate";
import { stackNames } from "../../graph/project";

describe("the checked-in access matrix", function () {
  this.timeout(30_000);
  for (const stack of stackNames(projectRoot)) {
    it(`says who may call ${stack}`, async () => {
      const found = existsSync(fileOf(stack)) ? readFileSync(fileOf(stack), "utf8") : "";
      const wanted = await textOf(stack);
      const changed = wanted.split("\n").filter((line) => !found.split("\n").includes(line));
      const gone = found.split("\n").filter((line) => !wanted.split("\n").includes(line));
      const why =
        "who may call has changed: if that is meant, write it with `npm run access-matrix -- --write`, and have it reviewed";
      expect(changed, `${why}; new lines`).to.deep.equal([]);
      expect(gone, `${why}; lines that are gone`).to.deep.equal([]);
      expect(found === wanted, why).to.equal(true);
    });
  }
});
