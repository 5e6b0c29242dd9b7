import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { readSet } from "../../graph/options";
import { ofType } from "../../graph/resource";
import { targets } from "./functions/inspector-client";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

function start(args: readonly string[], file = "local/commands/start.ts"): ChildProcess {
  const child = spawn(process.execPath, [join(projectRoot, "run.mjs"), file, ...args], { cwd: projectRoot });
  running.add(child);
  child.on("exit", () => running.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: "", stderr: "" };
  child.stdout!.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr!.on("data", (chunk) => (text.stderr += String(chunk)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...text })));
}

describe("npm start", () => {
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
  });

  const mistakes: [what: string, args: string[], says: RegExp][] = [
    ["a stack that does not exist", ["--stack", "staging"], /no stack "staging": the stacks here are dev, prod/],
    ["a setting without a value", ["--set", "apiGatewayAuth"], /--set apiGatewayAuth: write it as --set key=value/],
    [
      "a misspelt setting",
      ["--set", "apiGatwayAuth=iam"],
      /apiGatwayAuth: is not a setting; did you mean apiGatewayAuth\?/,
    ],
    ["a number that is too large", ["--set", "keyRateLimit=100000"], /from 1 to 10000: --set keyRateLimit=10000$/m],
    [
      "a part of a setting",
      ["--set", "clients=[{name: A}]"],
      /clients\[0\]\.name: .*: correct it in --set clients=…$/m,
    ],
    ["a port that is none", ["--port", "eighty"], /--port eighty: a port is a whole number from 0 to 65535/],
    [
      "an inspector's port that needs more rights",
      ["--inspect=80"],
      /--inspect=80: its port is a whole number from 1024 to 65535 on this machine, or 0 for any free ones$/m,
    ],
    ["an inspector's port after a space", ["--inspect", "9230"], /--inspect 9230: write it as --inspect=9230$/m],
    ["an option that does not exist", ["--prot", "1"], /Unknown option '--prot'/],
    [
      "a stack without an API, for scripts too",
      ["--set", "apiGateway=false", "--set", "sagemaker=true", "--json"],
      /^npm start: stack dev has no API to serve: .* --set apiGateway=true$/m,
    ],
    ["a folder that does not exist", ["--models", "nowhere"], /modelsFolder: .* does not exist/],
  ];
  for (const [what, args, says] of mistakes) {
    it(`says in a line what is wrong with ${what}, and ends with 1`, async () => {
      const { code, stdout, stderr } = await ended(start(args));
      expect(code).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr).to.match(says);
      expect(stderr).not.to.match(/^\s+at /m);
    });
  }

  it("writes nothing by the name of a stack that does not exist", async () => {
    const escaped = join(tmpdir(), `escaped-${process.pid}`);
    const { code, stderr } = await ended(start(["--stack", relative(join(projectRoot, ".local/logs"), escaped)]));
    expect([code, stderr]).to.satisfy(([status, text]: [number, string]) => status === 1 && text.includes("no stack"));
    expect(existsSync(`${escaped}.log`)).to.equal(false);
  });

  it("explains its options", async () => {
    const { code, stdout } = await ended(start(["--help"]));
    expect(code).to.equal(0);
    for (const option of ["--stack", "--set", "--models", "--port", "--engine", "--inspect", "--json"])
      expect(stdout).to.include(option);
    // What lifts the throttles is taken, and lifts them.
    const lifted = /^ +(--set apiRateLimit.*)$/m
      .exec(stdout)![1]!
      .split(" ")
      .filter((part) => part !== "--set");
    const set = readSet(lifted);
    const plans = ofType(await evaluate({ stack: "dev", set }), "aws:apigateway/usagePlan:UsagePlan");
    expect(plans[0]!.inputs.throttleSettings).to.deep.equal({ rateLimit: 10_000, burstLimit: 5_000 });
    expect(plans[0]!.inputs.quotaSettings).to.include({ limit: 1_000_000_000 });
  });

  it("leaves alone the log of another run of the stack", async () => {
    const log = join(projectRoot, ".local/logs/dev.log");
    const ready = (child: ChildProcess) => new Promise((resolve) => child.stdout!.once("data", resolve));
    const [first, second] = [start(["--json", "--port", "0"]), () => start(["--json", "--port", "0"])];
    const ends = [ended(first)];
    await ready(first);
    appendFileSync(log, "of the first run\n");
    const other = second();
    ends.push(ended(other));
    await ready(other);
    expect(readFileSync(log, "utf8")).to.include("of the first run");
    for (const child of [first, other]) child.kill("SIGINT");
    await Promise.all(ends);
    const alone = second();
    const end = ended(alone);
    await ready(alone);
    expect(readFileSync(log, "utf8")).not.to.include("of the first run");
    alone.kill("SIGINT");
    await end;
  });

  it("prints one JSON line once ready, ends at Ctrl-C with 0, and leaves no process behind", async () => {
    const child = start(["--json", "--port", "0"]);
    const end = ended(child);
    const line = await new Promise<string>((resolve) => child.stdout!.once("data", (chunk) => resolve(String(chunk))));
    const ready = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(ready)).to.include.members(["ready", "apis", "credentials", "ca", "notEnforced"]);
    expect(Object.keys(ready)).not.to.include("inspect");
    const [api] = ready.apis as { name: string; url: string; routes: object[] }[];
    expect(api).to.include({ name: "apiGateway" });
    expect(api!.url).to.match(/^https:\/\/localhost:\d+\/dev$/);
    expect(api!.routes[0]).to.include({ method: "POST", path: "/mymodel" });
    child.kill("SIGINT");
    const { code, stdout } = await end; // Its pipes close when the last process that holds them has ended.
    expect(code).to.equal(0);
    expect(stdout.trim().split("\n")).to.have.lengthOf(1);
  });

  it("lets a debugger attach to each function where --inspect says so, until Ctrl-C, and tells of a port that is taken", async () => {
    const child = start(["--json", "--port", "0", "--inspect=0"]);
    const end = ended(child);
    const line = await new Promise<string>((resolve) => child.stdout!.once("data", (chunk) => resolve(String(chunk))));
    const { inspect } = JSON.parse(line) as { inspect: Record<string, number> };
    const [[name, port], ...others] = Object.entries(inspect) as [[string, number], ...[string, number][]];
    expect(name).to.match(/-model$/);
    for (const each of [port, ...others.map(([, other]) => other)]) expect((await targets(each)).status).to.equal(200);
    const second = await ended(start(["--port", "0", `--inspect=${port}`]));
    expect([second.code, second.stderr]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 1 && text.includes(`npm start: --inspect: port ${port}, for the function ${name}, is taken`),
    );
    child.kill("SIGINT");
    expect((await end).code).to.equal(0);
    expect(await targets(port).catch(({ code }: NodeJS.ErrnoException) => code)).to.equal("ECONNREFUSED");
  });

  const endpoint = ["--set", "endpoints=[{model: mymodel, instanceType: ml.m5.large}]"];

  /** Ids of the engines that a process has started. */
  function engines(parent: number): number[] {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
    return stdout.split("\n").flatMap((line) => {
      const [, pid, ppid, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(ppid) === parent && args!.includes("engine/process.ts") ? [Number(pid)] : [];
    });
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  for (const signal of ["SIGINT", "SIGKILL"] as const)
    it(`leaves no engine of an endpoint behind after ${signal}, not even one that hangs`, async () => {
      const child = start(["--json", "--port", "0", ...endpoint]);
      const end = ended(child);
      await new Promise((resolve) => child.stdout!.once("data", resolve));
      const [engine, ...others] = engines(child.pid!);
      expect([engine === undefined, others]).to.deep.equal([false, []]);
      process.kill(engine!, "SIGSTOP");
      child.kill(signal);
      await end;
      const until = Date.now() + 10_000;
      while (isAlive(engine!) && Date.now() < until) await new Promise((wake) => setTimeout(wake, 50));
      expect(isAlive(engine!)).to.equal(false);
    });

  it("says which models --engine is for", async () => {
    const { code, stderr } = await ended(start(["--port", "0", ...endpoint, "--engine", "other=http://127.0.0.1:9"]));
    expect([code, stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && text.includes("those are mymodel"),
    );
    const gone = await ended(start(["--port", "0", ...endpoint, "--engine", "mymodel=http://127.0.0.1:9"]));
    expect(gone.stderr).to.match(
      /^npm start: --engine mymodel=http:\/\/127\.0\.0\.1:9\/: no V2 server answers at .*: start it/m,
    );
  });

  /** What a start prints, and what the curl line for a prediction in it answers. */
  async function pasted(args: readonly string[]): Promise<string> {
    const child = start(["--port", "0", ...args]);
    const end = ended(child);
    let text = "";
    await new Promise<void>((resolve) => {
      child.stdout!.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes("Ctrl-C")) resolve();
      });
    });
    const curl = /A prediction:\n\s+(curl .*)/.exec(text)?.[1];
    expect(curl).to.be.a("string");
    const { stdout } = await ended(spawn("sh", ["-c", `${curl!} -s`], { cwd: projectRoot }));
    child.kill("SIGTERM");
    expect((await end).code).to.equal(0);
    return stdout;
  }

  it("prints lines that work when they are pasted", async () => {
    expect(JSON.parse(await pasted([]))).to.have.property("outputs");
  });

  for (const [model, answer] of [
    ["text", { topic: "delivery" }],
    ["image", { digit: 7 }],
  ] as const)
    it(`prints a line that sends the example of a model with a transform (${model})`, async () => {
      const args = ["--models", "examples/models", "--set", `defaultModel=${model}`];
      expect(JSON.parse(await pasted(args))).to.deep.include(answer);
    });

  it("prints the graph of any stack as JSON on stdout, and nothing else there", async () => {
    const { code, stdout } = await ended(start(["--stack", "prod", "--set", "sagemaker=false"], "picture/cli.ts"));
    expect(code).to.equal(0);
    const [first] = JSON.parse(stdout) as object[];
    expect(Object.keys(first!)).to.deep.equal([
      "type",
      "name",
      "urn",
      "id",
      "parent",
      "inputs",
      "outputs",
      "dependencies",
      "propertyDependencies",
      "protect",
      "deleteBeforeReplace",
    ]);
  });
});
