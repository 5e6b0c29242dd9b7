import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { parseOptions, readSet } from "../../graph/options";

const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Programs that people start, and that take options. */
const programs = Object.values(scripts)
  .flatMap((script) => script.split(" && "))
  .map((command) => command.replace(/^node run\.mjs (\S+).*$/, "$1"))
  .concat("bootstrap/cli.ts")
  .filter((file) => /\b(parse|local)Options\(/.test(readFileSync(join(projectRoot, file), "utf8")));

describe("Command line options", function () {
  this.timeout(30_000);

  it("are taken by every program but the runners of the tests", () => expect(programs).to.have.lengthOf(12));

  for (const program of programs) {
    it(`are explained by ${program} at -h, and nothing else happens, and another is refused`, async () => {
      const run = (option: string) =>
        promisify(execFile)(process.execPath, [join(projectRoot, "run.mjs"), join(projectRoot, program), option], {
          cwd: projectRoot,
        });
      const refused = run("--bogus").then(
        () => "taken",
        ({ stderr }: { stderr: string }) => stderr,
      );
      const { stdout, stderr } = await run("-h");
      expect(await refused, "one line").to.match(/^[^\n]*'--bogus'[^\n]*\n$/);
      expect(stdout).to.match(/^(npm run|npm start|node run\.mjs) .*\n\n {2}-/);
      expect(stdout).to.match(/--help +print this\n/);
      expect(stderr).to.equal("");
      // Each option that the program takes is in its text.
      const source = readFileSync(
        join(projectRoot, program.replace("commands/start", "commands/start-options")),
        "utf8",
      );
      for (const [, quoted, plain] of source.matchAll(/^ +(?:"([\w-]+)"|(\w+)): \{ type: "(?:string|boolean)"/gm))
        expect(stdout).to.include(`--${quoted ?? plain} `);
    });
  }

  it("name the argument that is wrong", () => {
    expect(() => parseOptions(["--nope"], {})).to.throw("--nope");
    expect(() => parseOptions(["word"], {})).to.throw("word");
    expect(() => readSet(["=value"])).to.throw("--set =value: write it as --set key=value");
    for (const value of ["[{", "{a: 1", "[a, b", "[*a]", "{a: b: c}", "[!x a]", "[!x {a: b}]"])
      expect(() => readSet([`clients=${value}`])).to.throw(
        /^--set clients: its value is not a YAML list or mapping[^\n]*$/,
      );
  });

  it("never print a value, not even in a warning", async () => {
    for (const value of ["[!x hunter2]", "{[hunter2]: b}", "[{hunter2"]) {
      const args = [join(projectRoot, "run.mjs"), join(projectRoot, "graph/cli.ts"), "--set", `clients=${value}`];
      const said = await promisify(execFile)(process.execPath, args, { cwd: projectRoot }).then(
        () => "evaluated",
        ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
      );
      expect(said)
        .to.match(/clients: is|clients: its value is/)
        .and.not.include("hunter2");
    }
  });
});
