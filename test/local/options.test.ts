import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";

describe("npm start", () => {
  /** The models' folder that `--models theirs` means, with these variables of npm's. */
  function modelsFolder(cwd: string, variables: Record<string, string>): unknown {
    const program = `const { localOptions } = require(${JSON.stringify(join(projectRoot, "local/commands/start-options.ts"))});
      console.log(localOptions(["--models", "theirs"]).set.modelsFolder)`;
    const npms = ["npm_lifecycle_event", "INIT_CWD"];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !npms.includes(name)));
    const args = ["--require", join(projectRoot, "compile.cjs"), "-e", program];
    return execFileSync(process.execPath, args, { cwd, env: { ...env, ...variables } })
      .toString()
      .trim();
  }

  it("takes --models from the folder that the command was typed in, with npm --prefix too", () => {
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "typed-in-")));
    try {
      expect(modelsFolder(elsewhere, {})).to.equal(join(elsewhere, "theirs"));
      // npm has gone to the project's folder by then.
      const npm = { npm_lifecycle_event: "start", INIT_CWD: elsewhere };
      expect(modelsFolder(projectRoot, npm)).to.equal(join(elsewhere, "theirs"));
      // Inside another script of npm's, as in these tests, INIT_CWD is not about this command.
      const inherited = { npm_lifecycle_event: "test", INIT_CWD: "/somewhere" };
      expect(modelsFolder(elsewhere, inherited)).to.equal(join(elsewhere, "theirs"));
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});
