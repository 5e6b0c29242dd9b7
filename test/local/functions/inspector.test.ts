import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { environment } from "../../../contract";
import { arnOf, graphOf, lambda, Running } from "./program";
import { InspectorClient, targets } from "./inspector-client";

/** Longer than the function's time limit, and much longer than the caller's. */
const heldMs = 2_500;
const impatient = { timeoutMs: 200 };

const stopping = (version: number) => `exports.handler = async (event, context) => {
  if (event.stop) debugger;
  return { version: ${version}, pid: process.pid, remaining: context.getRemainingTimeInMillis() };
}`;

interface Result {
  readonly payload: { readonly version: number; readonly pid: number; readonly remaining: number };
}

describe("Local functions: a debugger", () => {
  let running: Running;
  const clients: InspectorClient[] = [];
  beforeEach(() => (running = new Running()));
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.detach();
    await running.stop();
  });

  const one = (version: number) => graphOf(lambda("one", stopping(version), { timeout: 1 }));
  const call = (event: object): Promise<Result> =>
    running.functions.invoke(arnOf("one"), event, impatient) as unknown as Promise<Result>;

  async function attach(port: number): Promise<InspectorClient> {
    const client = await InspectorClient.attach(port);
    clients.push(client);
    await client.send("Debugger.enable");
    return client;
  }

  it("holds a call for longer than its time limit and its caller's patience, and others wait for the same process", async () => {
    await running.start(one(1), { inspect: 0 });
    const client = await attach(running.functions.inspectorPorts.get("one")!);
    const held = call({ stop: true });
    await client.event("Debugger.paused");
    const waiting = call({});
    const answered = await Promise.race([held, waiting, sleep(heldMs, "none")]);
    expect(answered).to.equal("none");
    await client.send("Debugger.resume");
    const [first, second] = [(await held).payload, (await waiting).payload];
    expect(first.remaining).to.be.at.least(3_600_000);
    expect(second.pid).to.equal(first.pid);
  });

  it("keeps its port when the code changes: the held call ends where it began, then the new process has it", async () => {
    await running.start(one(1), { inspect: 0 });
    const port = running.functions.inspectorPorts.get("one")!;
    const before = await attach(port);
    const held = call({ stop: true });
    await before.event("Debugger.paused");
    await running.functions.replace(one(2));
    expect((await call({})).payload.version).to.equal(2);
    // Its process ends with the call, mostly before it has answered this.
    void before.send("Debugger.resume").catch(() => undefined);
    expect((await held).payload.version).to.equal(1);
    await before.closed;
    let after: InspectorClient | undefined;
    while (after === undefined) after = await attach(port).catch(() => sleep(50, undefined));
    const next = call({ stop: true });
    await after.event("Debugger.paused");
    await after.send("Debugger.resume");
    expect((await next).payload.version).to.equal(2);
  });

  it("finds the functions that serve models at the first port, the others after it, and only on this machine's own names", async () => {
    const first = await freePorts(2);
    const variables = { [environment.modelsDirectory]: "/opt/models" };
    const serving = lambda("serving", stopping(1), { environment: { variables } });
    await running.start(graphOf(lambda("another", stopping(1)), serving), { inspect: first });
    expect([...running.functions.inspectorPorts]).to.deep.equal([
      ["serving", first],
      ["another", first + 1],
    ]);
    for (const port of [first, first + 1]) {
      expect((await targets(port)).status).to.equal(200);
      expect((await targets(port, "attacker.example")).status).to.equal(400);
      expect(running.lines.some(({ text }) => text.startsWith(`Debugger listening on ws://127.0.0.1:${port}/`))).to.be
        .true;
    }
    await running.functions.close();
    const gone = await targets(first).catch(({ code }: NodeJS.ErrnoException) => code);
    expect(gone).to.equal("ECONNREFUSED");
  });

  it("finds nothing where none was asked for", async () => {
    const code = `exports.handler = async () => [process.execArgv, require("node:inspector").url() ?? "none"]`;
    await running.start(graphOf(lambda("one", code)));
    const { payload } = (await running.functions.invoke(arnOf("one"), {}, { timeoutMs: 60_000 })) as unknown as {
      payload: [string[], string];
    };
    expect(payload[0].filter((option) => option.includes("inspect"))).to.deep.equal([]);
    expect(payload[1]).to.equal("none");
    expect(running.functions.inspectorPorts.size).to.equal(0);
  });

  it("has a port that is free, or the start says which one is not, and the cure", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const refused = (inspect: number) =>
      running.start(one(1), { inspect }).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await refused(port)).to.equal(
      `--inspect: port ${port}, for the function one, is taken by another program: choose the first port with --inspect=PORT, or --inspect=0 for any free ones`,
    );
    server.close();
    const both = graphOf(lambda("one", stopping(1)), lambda("two", stopping(1)));
    const none = await running.start(both, { inspect: 65_535 }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(none).to.match(/^--inspect: no port is left for the function two: choose the first port with/);
  });
});

/** The first of some ports in a row that are free. */
async function freePorts(count: number): Promise<number> {
  for (let first = 20_000 + (process.pid % 10_000); ; first += count) {
    const servers = Array.from({ length: count }, (_, index) => createServer().listen(first + index, "127.0.0.1"));
    const free = await Promise.all(
      servers.map(
        (server) =>
          new Promise<boolean>((resolve) => {
            server.once("listening", () => resolve(true));
            server.once("error", () => resolve(false));
          }),
      ),
    );
    for (const server of servers) server.close();
    if (free.every(Boolean)) return first;
  }
}
