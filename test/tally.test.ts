// `npm test` itself: what it tells of tests that passed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../graph/evaluate";

describe("npm test", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tally-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(body: string): { status: number | null; lines: string[] } {
    writeFileSync(join(folder, "some.test.ts"), `describe("a test", () => { it("runs", () => { ${body} }); });`);
    const args = ["run.mjs", "test/run.ts", join(folder, "some.test.ts")];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: "utf8" });
    return { status, lines: stdout.trim().split("\n") };
  }

  it("tells what a test warned of, though it passed: an exception that is to be reviewed", () => {
    const { status, lines } = run(`process.emitWarning("policy/exceptions.yaml: a rule was to be reviewed");`);
    expect(status).to.equal(0);
    expect(lines).to.include("  warning: policy/exceptions.yaml: a rule was to be reviewed");
    expect(lines.at(-1)).to.equal("1 passed, 0 failed");
  });

  it("shows all that a failed test printed, and fails", () => {
    const { status, lines } = run(`console.log("seen"); throw new Error("broken");`);
    expect(status).to.equal(1);
    expect(lines.join("\n")).to.contain("seen").and.contain("Error: broken");
    expect(lines.at(-1)).to.equal("0 passed, 1 failed");
  });
});
