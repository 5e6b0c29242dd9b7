// What Pulumi starts: the program, compiled.

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyProject } from "./engine/workspace";

const root = join(__dirname, "..");

/** Runs a script in Node alone, in a project's folder, as Pulumi's host does. */
function run(folder: string, script: string): { printed: string; complaint: string } {
  const { stdout, stderr } = spawnSync(process.execPath, ["--eval", script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "" },
  });
  return { printed: stdout.trim(), complaint: stderr };
}

describe("main.js", () => {
  let folder: string;
  before(() => {
    folder = join(mkdtempSync(join(tmpdir(), "main-")), "project");
    copyProject(root, folder);
  });
  after(() => rmSync(join(folder, ".."), { recursive: true }));

  it("is what package.json names, and gives Pulumi's runner the program as a function, with its modules", () => {
    const { printed, complaint } = run(
      root,
      `const program = require("./" + require("./package.json").main); require("./infra/function/model-service.ts");
       console.log(typeof program, typeof require.cache[require.resolve("./infra/base/bundle.ts")])`,
    );
    expect(printed, complaint).to.equal("function object");
  });

  it("names the line of the source where the program fails", () => {
    const file = join(folder, "infra/base/user-error.ts");
    const lines = readFileSync(file, "utf8").split("\n").length;
    appendFileSync(file, "\n// A comment, and a type: neither runs.\ninterface Gone { readonly line: number }\n");
    appendFileSync(file, `export function fail(gone: Gone): never { throw new Error(String(gone.line)); }\n`);
    const { printed, complaint } = run(
      folder,
      `require("./main.js"); try { require("./infra/base/user-error.ts").fail({ line: 1 }) } catch (error) { console.log(error.stack) }`,
    );
    expect(printed.split("\n")[1], complaint).to.contain(`infra/base/user-error.ts:${lines + 3}:`);
  });

  it("names file and line of what does not compile, and refuses what is no part of the program", () => {
    appendFileSync(join(folder, "infra/network/network.ts"), "\nconst = 1;\n");
    expect(run(folder, `require("./main.js")`).complaint).to.match(/infra\/network\/network\.ts:\d+:6: ERROR/);
    expect(run(root, `require("./main.js"); require("./graph/evaluate.ts")`).complaint).to.contain(
      "graph/evaluate.ts: is no part of the program",
    );
  });
});
