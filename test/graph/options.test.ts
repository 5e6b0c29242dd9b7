import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { parseOptions, readSet } from "../../graph/options";
import type { Ended } from "../run-commands";

const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Programs that people start, and that take options. */
const programs = Object.values(scripts)
  .flatMap((script) => script.split(" && "))
  .map((command) => command.replace(/^node run\.mjs (\S+).*$/, "$1"))
  .concat("bootstrap/cli.ts")
  .filter((file) => /\b(parse|local)Options\(/.test(readFileSync(join(projectRoot, file), "utf8")));

const secrets = ["[!x hunter2]", "{[hunter2]: b}", "[{hunter2"];

describe("Command line options", () => {
  let ended: Ended[];
  let complaint: string;

  /** One process for all: it ends only if no command goes on after its help. */
  before(async () => {
    const commands = [
      ...programs.flatMap((program) => [
        [program, "--bogus"],
        [program, "-h"],
      ]),
      ...secrets.map((value) => ["picture/cli.ts", "--set", `clients=${value}`]),
    ];
    const args = [join(projectRoot, "run.mjs"), "test/run-commands.ts", JSON.stringify(commands)];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
    ended = JSON.parse(stdout) as Ended[];
    complaint = stderr;
  });

  it("are taken by every program but the runners of the tests", () => expect(programs).to.have.lengthOf(19));

  for (const [index, program] of programs.entries()) {
    it(`are explained by ${program} at -h, and nothing else happens, and another is refused`, () => {
      const [refused, { stdout, stderr, code }] = ended.slice(2 * index) as [Ended, Ended];
      expect(refused.stderr, "one line").to.match(/^[^\n]*'--bogus'[^\n]*\n$/);
      expect(refused.code).not.to.equal(0);
      expect(stdout).to.match(/^(npm run|npm start|node run\.mjs) .*\n\n {2}-/);
      expect(stdout).to.match(/--help +print this\n/);
      expect([stderr, code]).to.deep.equal(["", 0]);
      // Each option that the program takes is in its text.
      const source = readFileSync(
        join(projectRoot, program.replace("commands/start", "commands/start-options")),
        "utf8",
      );
      for (const [, quoted, plain] of source.matchAll(/^ +(?:"([\w-]+)"|(\w+)): \{ type: "(?:string|boolean)"/gm))
        expect(stdout).to.match(new RegExp(`--${quoted ?? plain}[ []`));
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

  it("never print a value, not even in a warning", () => {
    for (const { stdout, stderr, code } of ended.slice(2 * programs.length)) {
      expect(code).to.equal(1);
      expect(stdout + stderr)
        .to.match(/clients: is|clients: its value is/)
        .and.not.include("hunter2");
    }
    expect(ended).to.have.lengthOf(2 * programs.length + secrets.length);
    expect(complaint).to.equal("");
  });
});
