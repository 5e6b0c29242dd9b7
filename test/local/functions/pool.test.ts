import { join } from "node:path";
import { expect } from "chai";
import type { Invocation } from "../../../local/functions/environments/invocation";
import type { LocalFunctions } from "../../../local/functions/local-functions";
import { arnOf, graphOf, lambda, Running } from "./program";

const patient = { timeoutMs: 600_000 };

/** Waits as long as it is told, without work, and says who it was. */
const sleeper = `exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); return process.pid }`;

/** Answers once so many processes of the function have a call under way, and says who it was. */
const meeting = (count: number, folder: string) => `const fs = require("fs");
  const folder = ${JSON.stringify(join(folder, "meeting"))};
  exports.handler = async () => {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(folder + "/" + process.pid, "");
    while (fs.readdirSync(folder).length < ${count}) await new Promise((r) => setTimeout(r, 5));
    return process.pid;
  }`;

describe("the environments of a function", () => {
  let running: Running;
  let functions: LocalFunctions;
  beforeEach(() => (running = new Running()));
  afterEach(() => running.stop());

  const call = (event: unknown): Promise<Invocation> => functions.invoke(arnOf("one"), event, patient);
  const calls = (count: number, event: unknown): Promise<Invocation[]> =>
    Promise.all(Array.from({ length: count }, () => call(event)));
  const pids = (invocations: Invocation[]): number =>
    new Set(invocations.map((each) => (each as { payload: number }).payload)).size;

  it("let slow calls overlap", async () => {
    functions = await running.start(graphOf(lambda("one", meeting(2, running.directory))));
    const both = await calls(2, {});
    expect(both.map(({ kind }) => kind)).to.deep.equal(["result", "result"]);
    expect(pids(both)).to.equal(2);
  });

  it("stay fewer than the callers while short calls follow each other closely", async () => {
    functions = await running.start(graphOf(lambda("one", "exports.handler = async () => process.pid")), {
      maxEnvironments: 32,
    });
    const until = Date.now() + 300;
    const all: Invocation[] = [];
    const caller = async (): Promise<void> => {
      while (Date.now() < until) all.push(await call({}));
    };
    await Promise.all(Array.from({ length: 16 }, caller));
    // Each of sixteen callers would get a process of its own if none were waited for.
    expect(pids(all)).to.be.lessThan(16);
  });

  it("are no more than allowed here: further calls wait, and none is lost", async () => {
    functions = await running.start(graphOf(lambda("one", meeting(2, running.directory))), { maxEnvironments: 2 });
    const all = await calls(6, {});
    expect(all.every(({ kind }) => kind === "result")).to.equal(true);
    expect(pids(all)).to.equal(2);
  });

  it("throttle at once what is over the reserved concurrency", async () => {
    functions = await running.start(graphOf(lambda("one", sleeper, { reservedConcurrentExecutions: 1 })));
    const slow = call(300);
    expect(await Promise.race([call(0), slow])).to.deep.equal({ kind: "throttled" });
    expect((await slow).kind).to.equal("result");
    expect((await call(0)).kind).to.equal("result");
  });

  it("throttle everything where nothing is reserved for the function but 0", async () => {
    functions = await running.start(graphOf(lambda("one", sleeper, { reservedConcurrentExecutions: 0 })));
    expect(await call(0)).to.deep.equal({ kind: "throttled" });
  });

  it("give concurrency back after every kind of end", async () => {
    const code = `exports.handler = async (what) => { if (what === "exit") process.exit(1); if (what === "throw") throw new Error("x"); if (what === "hang") await new Promise(() => {}); return 1 }`;
    functions = await running.start(graphOf(lambda("one", code, { reservedConcurrentExecutions: 1, timeout: 2 })));
    for (const what of ["exit", "throw", "hang", "return", "exit", "hang"]) {
      expect((await call(what)).kind).to.equal(what === "return" ? "result" : "error");
    }
    expect(await call("return")).to.deep.equal({ kind: "result", payload: 1 });
  });

  it("lose a call that waited too long, and not the calls behind it", async () => {
    functions = await running.start(graphOf(lambda("one", sleeper)), { maxEnvironments: 1 });
    const slow = call(400);
    const impatient = functions.invoke(arnOf("one"), 0, { timeoutMs: 100 });
    const behind = call(0);
    expect(await impatient).to.deep.equal({ kind: "timeout" });
    expect((await slow).kind).to.equal("result");
    expect((await behind).kind).to.equal("result");
  });

  it("are handed calls by crashing ones without delay", async () => {
    const code = `exports.handler = async (what) => { if (what === "abort") process.abort(); return what }`;
    functions = await running.start(graphOf(lambda("one", code)), { maxEnvironments: 1 });
    const mixed = await Promise.all(["abort", 1, "abort", 2, "abort", 3].map((event) => call(event)));
    expect(mixed.map((each) => (each as { payload?: unknown }).payload)).to.deep.equal([
      undefined,
      1,
      undefined,
      2,
      undefined,
      3,
    ]);
  });
});

describe("a change of the program", () => {
  let running: Running;
  beforeEach(() => (running = new Running()));
  afterEach(() => running.stop());

  const version = (n: number, more = "") =>
    graphOf(
      lambda(
        "one",
        `${more}; exports.handler = async () => { await new Promise((r) => setTimeout(r, 5)); return ${n} }`,
      ),
    );

  it("is swapped in under load without one failed call", async () => {
    const functions = await running.start(version(1));
    let stop = false;
    const seen: unknown[] = [];
    const caller = async (): Promise<void> => {
      while (!stop) {
        const answer = await functions.invoke(arnOf("one"), {}, patient);
        seen.push(answer.kind === "result" ? answer.payload : answer);
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    for (const n of [2, 3, 4]) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await functions.replace(version(n));
      expect(await functions.invoke(arnOf("one"), {}, patient)).to.deep.equal({ kind: "result", payload: n });
    }
    stop = true;
    await Promise.all(callers);
    expect([...new Set(seen)].sort()).to.deep.equal([1, 2, 3, 4]);
  });

  it("that fails to initialise, or cannot be run here, leaves the old one in place", async () => {
    const functions = await running.start(version(1));
    for (const [graph, reason] of [
      [version(2, "throw new Error('broken')"), /fails to initialise: Error: broken/],
      [graphOf(lambda("one", "", { runtime: "python3.13" })), /only Node\.js/],
    ] as const) {
      const error = await functions.replace(graph).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      expect(error?.message).to.match(reason);
      expect(await functions.invoke(arnOf("one"), {}, patient)).to.deep.equal({ kind: "result", payload: 1 });
    }
    await functions.replace(version(3));
    expect(await functions.invoke(arnOf("one"), {}, patient)).to.deep.equal({ kind: "result", payload: 3 });
  });

  it("leaves functions alone that did not change, and ends those that are gone", async () => {
    const still = lambda("still", "exports.handler = async () => process.pid");
    const functions = await running.start(graphOf(still, lambda("gone", "exports.handler = async () => process.pid")));
    const pid = async (name: string) => (await functions.invoke(arnOf(name), {}, patient)) as { payload: number };
    const before = await pid("still");
    const { payload: gone } = await pid("gone");
    await functions.replace(graphOf(still));
    expect(await pid("still")).to.deep.equal(before);
    expect(await pid("gone")).to.include({ errorType: "ResourceNotFoundException" });
    const isThere = () => {
      try {
        return process.kill(gone, 0);
      } catch {
        return false;
      }
    };
    while (isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("lets calls under way end where they began", async () => {
    const slow = (n: number) =>
      graphOf(
        lambda("one", `exports.handler = async () => { await new Promise((r) => setTimeout(r, 400)); return ${n} }`),
      );
    const functions = await running.start(slow(1));
    const underWay = functions.invoke(arnOf("one"), {}, patient);
    await functions.replace(slow(2));
    expect(await underWay).to.deep.equal({ kind: "result", payload: 1 });
  });
});
