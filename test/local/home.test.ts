import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openHome } from "../../local/base/home";

describe("the folder of the local run", () => {
  for (const before of [undefined, 0o755])
    it(`is its owner's alone, ${before === undefined ? "when it is made" : "also if it was not"}`, () => {
      const root = mkdtempSync(join(tmpdir(), "home-"));
      try {
        if (before !== undefined) mkdirSync(join(root, ".local"), { mode: before });
        const { seed } = openHome(root);
        expect(statSync(join(root, ".local")).mode & 0o777).to.equal(0o700);
        expect(openHome(root).seed).to.deep.equal(seed);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
});
