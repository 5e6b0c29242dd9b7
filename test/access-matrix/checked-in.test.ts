import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { checkedIn, fileOf, textOf } from "../../access-matrix/checked-in";

describe("Access matrix, checked in,", () => {
  for (const matrix of checkedIn()) {
    it(`says who may call ${matrix.name}`, async () => {
      const found = existsSync(fileOf(matrix)) ? readFileSync(fileOf(matrix), "utf8") : "";
      const wanted = await textOf(matrix);
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
