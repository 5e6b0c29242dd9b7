import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";

describe("npm run pipeline, where it cannot begin", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "pipeline-command-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(args: readonly string[], python?: string) {
    const env = { ...process.env, ...(python === undefined ? {} : { PYTHON: python }) };
    const command = ["run.mjs", "local/commands/pipeline.ts", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      cwd: projectRoot,
      env,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  it("says in one line that Python is missing, or is none that the packages have files for", () => {
    const old = join(folder, "python");
    writeFileSync(old, "#!/bin/sh\necho 3.9\n");
    chmodSync(old, 0o755);
    for (const python of [join(folder, "none"), old]) {
      expect(run([], python), python).to.deep.equal({
        status: 1,
        stdout: "",
        stderr:
          "npm run pipeline: No Python 3.10 to 3.13 with venv on this machine: the steps of the training pipeline cannot run here; install one, or name its command with PYTHON=….\n",
      });
    }
  });

  const wrong: readonly (readonly [what: string, args: readonly string[], line: string])[] = [
    ["data that is not a folder", ["--data", "/nowhere"], "--data /nowhere: is not a folder"],
    ["an unknown option", ["--threshold", "1"], "Unknown option '--threshold'"],
  ];
  for (const [what, args, line] of wrong) {
    it(`names ${what}`, () => {
      expect(run(args)).to.deep.equal({ status: 1, stdout: "", stderr: `npm run pipeline: ${line}\n` });
    });
  }
});
