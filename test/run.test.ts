import { expect } from "chai";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");

/**
 * Stands in for npm: notes that it ran, works for a while, then puts the packages there, its list of them last. It finds how to behave in the
 * folder's `npm.json`; what it installs is the real esbuild, by link.
 */
const npm = `
  const { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require("fs");
  const { status = 0, ms = 0 } = JSON.parse(readFileSync("npm.json", "utf8"));
  appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n");
  console.log("npm says something");
  rmSync("node_modules", { recursive: true, force: true });
  mkdirSync("node_modules");
  setTimeout(() => {
    if (status !== 0) process.exit(status);
    for (const name of ["esbuild", "@esbuild"]) {
      if (existsSync(${JSON.stringify(root)} + "/node_modules/" + name)) symlinkSync(${JSON.stringify(root)} + "/node_modules/" + name, "node_modules/" + name);
    }
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
    delete packages["node_modules/@none/other"]; // For another platform.
    writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
  }, ms);`;

describe("run.mjs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "run-"));
    for (const file of ["run.mjs", "compile.cjs"]) copyFileSync(join(root, file), join(folder, file));
    writeFileSync(join(folder, "npm-cli.js"), npm);
    writeFileSync(join(folder, "program.ts"), `console.log(JSON.stringify(process.argv.slice(2) as string[]));`);
    setNpm({});
    setLock(version("esbuild"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function version(name: string): string {
    return (JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string })
      .version;
  }
  function setNpm(behaviour: { status?: number; ms?: number }): void {
    writeFileSync(join(folder, "npm.json"), JSON.stringify(behaviour));
  }
  function setLock(esbuild: string): void {
    const packages = {
      "": {},
      "node_modules/esbuild": { version: esbuild, integrity: "i" },
      "node_modules/@none/other": { version: "1.0.0", optional: true },
    };
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
  }
  function installs(): string[] {
    const log = join(folder, "npm.log");
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  }
  function start(options: { node?: string[] } | string = {}, ...more: string[]) {
    const args = typeof options === "string" ? [options, ...more] : more;
    const node = typeof options === "string" ? [] : (options.node ?? []);
    const child = spawn(process.execPath, [...node, "run.mjs", "program.ts", ...args], {
      cwd: folder,
      detached: true, // A group of its own, so that a test can end it with its npm.
      env: { PATH: process.env["PATH"], npm_execpath: join(folder, "npm-cli.js") },
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (said.stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (said.stderr += String(chunk)));
    const done = new Promise<typeof said & { status: number | null }>((resolve) => {
      child.on("close", (status) => {
        resolve({ ...said, status });
      });
    });
    return { child, done };
  }

  it("installs what is missing, once, and leaves stdout to the program", async () => {
    const first = await start("--json", "a b").done;
    expect(first).to.include({ status: 0, stdout: '["--json","a b"]\n' });
    expect(first.stderr).to.contain("Installing the dependencies").and.contain("npm says something");
    expect(installs()).to.deep.equal([
      "ci --workspaces=false --include=dev --include=optional --ignore-scripts --no-audit --no-fund",
    ]);
    const second = await start().done;
    expect(second).to.include({ status: 0, stdout: "[]\n" });
    expect(second.stderr).not.to.contain("Installing");
    expect(installs()).to.have.length(1);
  });

  it("installs again when the lock file names another version, or a package's folder is gone", async () => {
    await start().done;
    const changed = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string }>;
    };
    changed.packages["node_modules/esbuild"]!.version = "0.0.1";
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(changed));
    expect((await start().done).status).to.equal(0);
    expect(installs()).to.have.length(2);
    rmSync(join(folder, "node_modules/esbuild"));
    expect((await start().done).status).to.equal(0);
    expect(installs()).to.have.length(3);
  });

  it("says in one line that npm failed, and recovers on the next run", async () => {
    setNpm({ status: 7 });
    const failed = await start().done;
    expect(failed).to.include({ status: 1, stdout: "" });
    expect(failed.stderr).to.contain("could not be installed: npm ci ended with 7");
    setNpm({});
    expect((await start().done).status).to.equal(0);
  });

  it("recovers from an installation that was interrupted", async () => {
    setNpm({ ms: 600_000 });
    const { child, done } = start();
    while (installs().length === 0) await new Promise((wake) => setTimeout(wake, 20));
    process.kill(-child.pid!, "SIGKILL");
    await done;
    setNpm({});
    expect((await start().done).status).to.equal(0);
    expect(installs()).to.have.length(2);
  });

  for (const stream of ["stdout", "stderr"] as const)
    it(`ends quietly when nobody reads its ${stream} any more, with the status that it has by then`, async () => {
      await start().done;
      const says = `process.exitCode = 3; setInterval(() => process.${stream}.write("more\\n"), 10);`;
      writeFileSync(join(folder, "program.ts"), says);
      const { child, done } = start();
      child[stream].once("data", () => child[stream].destroy());
      const { status, stderr } = await done;
      expect(status).to.equal(3);
      expect(stderr).not.to.contain("EPIPE");
    });

  it("names a lock file that is not there", async () => {
    rmSync(join(folder, "package-lock.json"));
    const { status, stderr } = await start().done;
    expect(status).to.equal(1);
    expect(stderr).to.equal("package-lock.json is missing or unreadable: restore it with git.\n");
  });

  it("names the Node version that it needs", async () => {
    const old = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.9" } })`;
    const { status, stderr } = await start({ node: ["--import", old] }).done;
    expect(status).to.equal(1);
    expect(stderr).to.equal("Node 20.18.9 is too old: this project needs 20.19 or newer (https://nodejs.org).\n");
  });

  it("says on a machine without the model runtime's library that models cannot run there", async () => {
    expect((await start().done).stderr).to.match(
      /onnxruntime-node has no library for \S+.*: models cannot run on this machine/,
    );
  });
});

describe("The tests' patience", () => {
  it("is never less than that for a busy machine: a limit guards against hanging, and measures nothing", () => {
    const short = testFiles("test").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\.timeout\((\d[\d_]*)\)/g)].map(([limit]) => `${file}: ${limit}`),
    );
    expect(short).to.deep.equal([]);
  });
});

/** Paths of the test files in a folder and those below it. */
function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(root, folder, file));
}
