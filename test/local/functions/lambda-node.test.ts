import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runtime } from "../../../bundling";
import { projectRoot } from "../../../graph/evaluate";
import { openHome } from "../../../local/base/home";
import { lambdaNode, lambdaNodes } from "../../../local/functions/node/lambda-node";
import pinned from "../../../local/functions/node/package.json";
import { arnOf, graphOf, lambda, Running } from "./program";

const major = runtime.node.slice("node".length);
const other = String(Number(process.versions.node.split(".")[0]) + 100);

describe("Local functions: Lambda's Node.js", () => {
  let folder: string;
  let told: string[];
  const { npm_execpath: npm, PATH: path } = process.env;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "node-"));
    told = [];
  });
  afterEach(() => {
    Object.assign(process.env, npm === undefined ? {} : { npm_execpath: npm }, { PATH: path });
    rmSync(folder, { recursive: true, force: true });
  });
  const tell = (line: string) => void told.push(line);

  /** Puts a program named npm on the path. */
  function fakeNpm(script: string): void {
    delete process.env.npm_execpath;
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${bin}:${path}`;
  }

  it("is pinned in the major version that the functions are declared for", () => {
    for (const version of Object.values(pinned.optionalDependencies)) expect(version.split(".")[0]).to.equal(major);
  });

  it("is this process's where its major version is the same", async () => {
    expect(await lambdaNode(process.versions.node.split(".")[0]!, folder, tell)).to.equal(process.execPath);
    expect(told).to.be.empty;
  });

  it("that was fetched runs the functions, and only those that are declared for it", async () => {
    const node = join(folder, "node");
    symlinkSync(process.execPath, node);
    const running = new Running();
    const code = "exports.handler = async () => process.argv0";
    await running.start(graphOf(lambda("one", code, { runtime: `nodejs${other}.x` }), lambda("two", code)), {
      nodes: new Map([[`nodejs${other}.x`, node]]),
    });
    const argv0 = async (name: string) =>
      ((await running.functions.invoke(arnOf(name), {}, { timeoutMs: 60_000 })) as { payload: unknown }).payload;
    expect(await argv0("one")).to.equal(node);
    expect(await argv0("two")).to.equal(process.execPath);
    await running.stop();
  });

  it("is missing with its reason and its cure where it is not known, cannot be fetched or does not run", async function () {
    if (process.versions.node.startsWith(`${major}.`)) this.skip();
    const reasons: [string | undefined, string, RegExp][] = [
      [undefined, `nodejs${other}.x`, /the version that is known is/],
      ["exit 1", runtime.lambda, /could not be fetched \(is the registry reachable\?\)/],
      ["exit 0", runtime.lambda, /installed no package for this platform/],
      [
        `for name in ${Object.keys(pinned.optionalDependencies).join(" ")}; do mkdir -p node_modules/$name/bin; printf '#!/bin/sh\\nexit 3' > node_modules/$name/bin/node; chmod +x node_modules/$name/bin/node; done`,
        runtime.lambda,
        /does not run on this machine/,
      ],
    ];
    for (const [script, declared, reason] of reasons) {
      if (script !== undefined) {
        rmSync(join(folder, "bin"), { recursive: true, force: true });
        fakeNpm(script);
      }
      told.length = 0;
      const nodes = await lambdaNodes(graphOf(lambda("one", "", { runtime: declared })), join(folder, "kept"), tell);
      expect(nodes.size).to.equal(0);
      expect(told.at(-1))
        .to.match(reason)
        .and.match(/^Functions run on this machine's Node\.js .* as on Lambda/);
      expect(existsSync(join(folder, "kept")) ? readdirSync(join(folder, "kept")) : []).to.be.empty;
    }
  });

  it("is fetched once", async function () {
    if (process.versions.node.startsWith(`${major}.`)) this.skip();
    const { node: kept } = openHome(projectRoot); // Not fetched again by each test run.
    const node = await lambdaNode(major, kept, tell);
    told.length = 0;
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).to.match(new RegExp(`^v${major}\\.`));
    fakeNpm("exit 1");
    expect(await lambdaNode(major, kept, tell)).to.equal(node);
    expect(told).to.be.empty;
  });
});
