import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");

describe("compile.cjs", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "compile-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, ...lines: string[]) => writeFileSync(join(folder, name), lines.join("\n"));
  const run = (program: string) =>
    spawnSync(process.execPath, ["--require", join(root, "compile.cjs"), program], { cwd: folder, encoding: "utf8" });

  it("compiles what is required or imported, and anew what has changed", () => {
    write(
      "program.ts",
      `import { one } from "./one";`,
      `void import("./two").then(({ two }) => console.log(one, two));`,
    );
    write("one.ts", "export const one: number = 1;");
    write("two.ts", "export const two: number = 2;");
    expect(run("program.ts").stdout).to.equal("1 2\n");
    write("two.ts", "export const two: string = 'two';");
    expect(run("program.ts").stdout).to.equal("1 two\n");
  });

  it("names file and line of what does not compile, and is not concerned with what stands beside it", () => {
    write("program.ts", "console.log('fine' as string);");
    write("broken.ts", "", "const broken: = 1;");
    expect(run("program.ts")).to.include({ stdout: "fine\n", stderr: "" });
    expect(run("broken.ts").stderr).to.match(/broken\.ts:2:14: ERROR/);
  });

  it("gives an uncaught error the lines of the source", () => {
    write(
      "program.ts",
      "interface Gone { a: 1 }",
      "",
      "",
      "function fail(): never {",
      '  throw new Error("x");',
      "}",
      "fail();",
    );
    const { stderr } = run("program.ts");
    expect(stderr)
      .to.match(/program\.ts:5:9\)/)
      .and.match(/program\.ts:7:1\)/);
  });

  it("defers what Pulumi needs only to serialise functions or to drive the engine, and no longer than until it is used", () => {
    const pulumi = JSON.stringify(join(root, "node_modules/@pulumi/pulumi"));
    write(
      "program.ts",
      `const pulumi = require(${pulumi});`,
      "const loaded = () => Object.keys(require.cache).some((file) => /[\\\\/]typescript\\.js$/.test(file));",
      "console.log(loaded());",
      "void pulumi.runtime.serializeFunction(() => 42).then(({ text }) => console.log(text.includes('42'), loaded()));",
    );
    expect(run("program.ts")).to.include({ stdout: "false\ntrue true\n", stderr: "" });
    write(
      "engine.ts",
      `const { automation } = require(${pulumi});`,
      "const loaded = () => Object.keys(require.cache).some((file) => /localWorkspace\\.js$/.test(file));",
      "console.log(loaded());",
      "console.log(automation.fullyQualifiedStackName('one', 'two', 'dev'), loaded());",
    );
    expect(run("engine.ts")).to.include({ stdout: "false\none/two/dev true\n", stderr: "" });
  });
});
