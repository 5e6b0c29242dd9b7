// A version's process, which runs the version's own code: what it sends, what it starts, and what stays when it is interrupted.

import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { evaluateVersion, toolFolder } from "../../preview/version/evaluate-version";
import { readMessage } from "../../preview/version/snapshot";
import { Repository } from "./repository";

describe("Preview: the process of a version", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "evaluate-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Evaluates a version whose process runs this code. */
  function evaluateCode(code: string) {
    mkdirSync(join(folder, toolFolder, "preview/version"), { recursive: true });
    copyFileSync(join(projectRoot, "compile.cjs"), join(folder, toolFolder, "compile.cjs"));
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, toolFolder, "preview/version/version-process.ts"), code);
    return evaluateVersion({ root: folder, key: "00", today: "2026-11-21" });
  }

  it("is an error of that version where it sends what is no snapshot", async () => {
    const cell = { api: "a", address: "b", place: "c", method: "d", path: "e", asks: null, status: 200 };
    const matrix = { findings: {}, doors: [], callers: [], policies: [], cells: [cell] };
    const stack = { settings: {}, program: { resources: [], outputs: [] }, matrix, findings: [] };
    const snapshot = { declared: {}, exceptions: [], stacks: { prod: stack } };
    const bad = { error: "its process sent what is no snapshot" };
    for (const message of [
      null,
      5,
      "x",
      [],
      {},
      { error: 5 },
      { snapshot: null },
      { snapshot: { stacks: { prod: 5 } } },
      { snapshot },
    ])
      expect(readMessage(message), JSON.stringify(message)).to.deep.equal(bad);
    const right = { ...cell, credential: { name: "nothing" } };
    const whole = { ...snapshot, stacks: { prod: { ...stack, matrix: { ...matrix, cells: [right] } } } };
    expect(readMessage({ snapshot: whole })).to.equal(whole);
    expect(await evaluateCode("process.send(null, () => process.exit(0));")).to.deep.equal(bad);
  });

  it("ends with all that it started", async () => {
    const code = `
      const { spawn } = require("node:child_process");
      const other = spawn("sleep", ["3000"], { stdio: "inherit" });
      require("node:fs").writeFileSync("pid", String(other.pid));
      process.exit(3);`;
    expect(await evaluateCode(code)).to.deep.equal({ error: "the evaluation ended with 3: no reason given" });
    // Not the 50 minutes of what it started.
    expect(await isGone(Number(readFileSync(join(folder, "pid"), "utf8")))).to.equal(true);
  });

  it("and its folder stay no longer than a preview that is interrupted", async () => {
    const repository = new Repository();
    try {
      const [pid, script] = [join(folder, "pid"), join(folder, "script.ts")];
      const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";
      repository.append(
        "index.ts",
        `\nrequire("node:fs").writeFileSync(${JSON.stringify(pid)}, String(process.pid));\n${wait}\n`,
      );
      repository.commit("one that waits for ever");
      const options = JSON.stringify({ base: "HEAD", head: "HEAD", stack: "dev" });
      writeFileSync(
        script,
        `import { preview } from ${JSON.stringify(join(projectRoot, "preview/preview"))};
         void preview(${options}, ${JSON.stringify(repository.folder)});`,
      );
      const temporary = join(folder, "temporary");
      mkdirSync(temporary);
      const child = spawn(process.execPath, ["--require", join(projectRoot, "compile.cjs"), script], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ["ignore", "ignore", "inherit"],
      });
      const ended = new Promise((done) => child.on("close", (_code, signal) => done(signal)));
      while (!existsSync(pid) && child.exitCode === null) await after(50);
      const versions = () => readdirSync(temporary).filter((name) => name.startsWith("preview-"));
      expect(versions()).to.have.length(1);
      child.kill("SIGINT");
      expect(await ended).to.equal("SIGINT");
      expect(versions()).to.deep.equal([]);
      expect(await isGone(Number(readFileSync(pid, "utf8")))).to.equal(true);
    } finally {
      repository.remove();
    }
  });

  /** Whether a process ends, within minutes. */
  async function isGone(pid: number): Promise<boolean> {
    for (let tries = 0; tries < 1_200; tries++) {
      try {
        process.kill(pid, 0);
      } catch {
        return true;
      }
      await after(100);
    }
    return false;
  }
});
