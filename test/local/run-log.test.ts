import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FileLog } from "../../local/run/run-log";

describe("The log of a local run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "logs-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What the file holds once `count` lines are in it. */
  async function lines(file: string, count: number): Promise<string[]> {
    for (let tries = 0; tries < 12_000; tries++) {
      const found = readFileSync(file, "utf8").split("\n").slice(0, -1);
      if (found.length >= count) return found;
      await sleep(10);
    }
    return readFileSync(file, "utf8").split("\n");
  }

  it("keeps every line whole where two runs of a stack write at once", async () => {
    const first = new FileLog(folder, "dev", false, () => undefined);
    first.error("api", "before", "the second run began");
    await lines(first.file, 1);
    const second = new FileLog(folder, "dev", true, () => undefined);
    const expected = ["api before the second run began"];
    for (let call = 0; call < 50; call++) {
      first.error("api", `a${call}`, "first");
      second.error("api", `b${call}`, "second");
      expected.push(`api a${call} first`, `api b${call} second`);
      if (call % 10 === 0) await sleep(2);
    }
    expect((await lines(first.file, 101)).sort()).to.deep.equal(expected.sort());
  });

  it("holds what was logged just before the process ends", () => {
    const root = join(__dirname, "../..");
    const program = `const { FileLog } = require(${JSON.stringify(join(root, "local/run/run-log.ts"))});
      const log = new FileLog(${JSON.stringify(folder)}, "dev", false, () => {});
      log.error("api", "id", "the last word"); process.exit(3);`;
    const { status } = spawnSync(process.execPath, ["--require", join(root, "compile.cjs"), "-e", program]);
    expect(status).to.equal(3);
    expect(readFileSync(join(folder, "dev.log"), "utf8")).to.equal("api id the last word\n");
  });

  it("is its owner's alone, and empty of the run before", () => {
    writeFileSync(join(folder, "dev.log"), "old\n", { mode: 0o600 });
    const { file } = new FileLog(folder, "dev", false, () => undefined);
    expect(readFileSync(file, "utf8")).to.equal("");
    expect(statSync(file).mode & 0o777).to.equal(0o600);
  });
});
