import { expect } from "chai";
import { RotationError, steps } from "../../../lambda/core/rotation/rotation-event";
import { aWorld, Killed, World } from "./a-world";

const hour = 3_600_000;
const fault = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof RotationError) return error.message;
    throw error;
  }
  throw new Error("no fault");
};
const rotate = async (world: World, token: string): Promise<void> => {
  for (const step of steps) await world.rotation().step(step, token);
};
const shape = (world: World) => ({
  labels: Object.fromEntries(world.labels),
  values: [...world.values],
  keys: world.keys.map((key) => ({ ...key })),
});

describe("Functions: the rotation", () => {
  it("gives a secret without a value its first key, which works before anyone can read it", async () => {
    const world = new World();
    world.look = () => expect(world.currentValue === undefined || world.letsIn(world.currentValue)).to.equal(true);
    await world.rotation().initialise();
    expect(world.letsIn(world.currentValue)).to.equal(true);
    await world.rotation().initialise();
    expect(world.keys).to.have.lengthOf(1);
  });

  it("replaces the key in four steps; both work until the overlap ends, then the new one alone", async () => {
    const world = await aWorld();
    const before = world.currentValue;
    world.begin("token-1");
    await rotate(world, "token-1");
    expect(world.current).to.equal("token-1");
    expect(world.currentValue).not.to.equal(before);
    await world.rotation().sweep(() => undefined);
    expect([before, world.currentValue].map((value) => world.letsIn(value))).to.deep.equal([true, true]);
    world.time += hour + 10_000;
    await world.rotation().sweep(() => undefined);
    expect([before, world.currentValue].map((value) => world.letsIn(value))).to.deep.equal([false, true]);
  });

  it("survives a kill before and after every single call: run again, one key is current and nobody saw a 403", async () => {
    let kills = 0;
    for (const after of [false, true]) {
      for (let left = 0; ; left++) {
        const world = await aWorld();
        const before = world.currentValue;
        // What a client holds, which read the secret now or before the rotation began.
        world.look = () => expect([before, world.currentValue].every((value) => world.letsIn(value))).to.equal(true);
        world.begin("token-1");
        world.fuse = { left, after };
        const killed = await rotate(world, "token-1").then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
        world.fuse = undefined;
        if (!killed) break;
        kills++;
        await rotate(world, "token-1");
        expect(world.current, `kill ${left}`).to.equal("token-1");
        expect(world.keys).to.have.lengthOf(2);
        expect(world.keys.filter(({ retiredAt }) => retiredAt === undefined)).to.have.lengthOf(1);
        world.look = () => undefined;
        world.time += hour + 10_000;
        await world.rotation().sweep(() => undefined);
        expect(world.keys.map(({ version }) => version)).to.deep.equal(["token-1"]);
      }
    }
    expect(kills).to.be.greaterThan(30);
  });

  it("survives a kill at every call of making the first key, and removes what a killed attempt left", async () => {
    for (let left = 0; ; left++) {
      const world = new World();
      world.fuse = { left, after: true };
      const killed = await world
        .rotation()
        .initialise()
        .then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
      world.fuse = undefined;
      if (!killed) break;
      await world.rotation().initialise();
      await world.rotation().sweep(() => undefined);
      world.time += hour + 1;
      await world.rotation().sweep(() => undefined);
      expect(world.keys.map(({ version }) => version)).to.deep.equal([world.current]);
      expect(world.letsIn(world.currentValue)).to.equal(true);
    }
  });

  it("waits until the API lets the new key in several times in a row, and gives up in time", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await world.rotation().step("createSecret", "token-1");
    await world.rotation().step("setSecret", "token-1");
    world.deaf = 3;
    await world.rotation().step("testSecret", "token-1");
    world.deaf = 1_000;
    expect(await fault(world.rotation().step("testSecret", "token-1"))).to.match(
      /does not let the new key in yet: it is refused/,
    );
  });

  it("says of an API that it cannot reach, or that fails, that the key was not tried", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await world.rotation().step("createSecret", "token-1");
    await world.rotation().step("setSecret", "token-1");
    world.away = "unreachable (ENOTFOUND)";
    expect(await fault(world.rotation().step("testSecret", "token-1"))).to.match(
      /the new key could not be tried: the API is unreachable \(ENOTFOUND\)$/,
    );
    world.away = "answered 502";
    expect(await fault(world.rotation().step("testSecret", "token-1"))).to.match(
      /the new key could not be tried: the API answered 502$/,
    );
    world.away = undefined;
    await world.rotation().step("testSecret", "token-1");
  });

  it("takes a throttled call for no answer: the key of a client with a call a second is proven, a throttled one is not", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await world.rotation().step("createSecret", "token-1");
    await world.rotation().step("setSecret", "token-1");
    // Every second one, as of a client whose throttle lets through less than the rotation asks.
    world.throttles = (nth) => nth % 2 === 1;
    const before = world.waited;
    await world.rotation().step("testSecret", "token-1");
    expect(world.waited - before).to.be.within(4_000, 5_000);
    world.throttles = () => true;
    const throttled = fault(world.rotation().step("testSecret", "token-1"));
    expect(await throttled).to.match(/does not let the new key in yet: it is throttled/);
    // A refusal in between begins the row anew: one host's yes is not the fleet's.
    const refused = world.proofs;
    world.throttles = () => false;
    world.deaf = 0;
    const { letsIn } = world;
    world.letsIn = (value) => world.proofs !== refused + 4 && letsIn.call(world, value);
    await world.rotation().step("testSecret", "token-1");
    expect(world.proofs - refused).to.equal(9);
  });

  it("makes no value current that the API does not let in, in whatever order the steps are sent", async () => {
    for (const skipped of [["finishSecret"], ["createSecret", "finishSecret"]] as const) {
      const world = await aWorld();
      const before = world.current;
      world.begin("token-1");
      world.deaf = 1_000;
      let told = "";
      for (const step of skipped) {
        told = await fault(world.rotation().step(step, "token-1")).catch(() => "");
      }
      expect(told).not.to.equal("");
      expect(world.current).to.equal(before);
    }
  });

  it("refuses a token that is not pending, and changes nothing", async () => {
    const world = await aWorld();
    world.begin("token-1");
    const before = shape(world);
    for (const step of steps) {
      expect(await fault(world.rotation().step(step, "another-token"))).to.match(/not the pending version/);
    }
    expect(shape(world)).to.deep.equal(before);
  });

  it("does nothing on a step that comes again when its version is current", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await rotate(world, "token-1");
    const before = shape(world);
    await rotate(world, "token-1");
    expect(shape(world)).to.deep.equal(before);
  });

  it("adopts a value that was put in under the label: it is current only when its key works", async () => {
    const world = await aWorld();
    const before = world.currentValue;
    world.put("by-hand", '{"apiKey":"a-value-put-in-by-hand-0001"}', "ADOPT");
    world.look = () => expect(world.letsIn(world.currentValue)).to.equal(true);
    await world.rotation().adopt();
    expect(world.currentValue).to.equal("a-value-put-in-by-hand-0001");
    expect(world.labels.has("ADOPT")).to.equal(false);
    expect(world.letsIn(before)).to.equal(true);
    world.time += hour + 1;
    await world.rotation().sweep(() => undefined);
    expect(world.letsIn(before)).to.equal(false);
  });

  it("lets no rotation of before bring its value back over an adopted one", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await rotate(world, "token-1");
    world.put("by-hand", '{"apiKey":"a-value-put-in-by-hand-0001"}', "ADOPT");
    await world.rotation().adopt();
    expect(world.labels.get("AWSPENDING")).to.equal(undefined);
    // A rotation function of another hand may have left the label where it was.
    world.labels.set("AWSPENDING", world.current!);
    world.put("by-hand-2", '{"apiKey":"a-value-put-in-by-hand-0002"}', "ADOPT");
    await world.rotation().adopt();
    expect(Object.fromEntries(world.labels)).to.deep.equal({ AWSCURRENT: "by-hand-2" });
    world.time += hour + 1;
    await world.rotation().sweep(() => undefined);
    expect(world.keys.map(({ version }) => version)).to.deep.equal(["by-hand-2"]);
  });

  it("adopts a value that was made current by hand, and keeps the key before it alive until then", async () => {
    const world = await aWorld();
    const before = world.currentValue;
    world.put("by-hand", '{"apiKey":"a-value-put-in-by-hand-0001"}', "AWSCURRENT");
    for (let sweeps = 0; sweeps < 3; sweeps++) {
      world.time += 1_000 * hour;
      expect(await fault(world.rotation().sweep(() => undefined))).to.match(/has no API key: invoke .*adopt/);
    }
    expect(world.letsIn(before)).to.equal(true);
    await world.rotation().adopt();
    await world.rotation().sweep(() => undefined);
    expect([before, world.currentValue].map((value) => world.letsIn(value))).to.deep.equal([true, true]);
  });

  it("survives a kill at every call of an adoption", async () => {
    for (let left = 0; ; left++) {
      const world = await aWorld();
      world.put("by-hand", '{"apiKey":"a-value-put-in-by-hand-0001"}', "ADOPT");
      world.look = () => expect(world.letsIn(world.currentValue)).to.equal(true);
      world.fuse = { left, after: true };
      const killed = await world
        .rotation()
        .adopt()
        .then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
      world.fuse = undefined;
      if (!killed) break;
      await world.rotation().adopt();
      expect(world.currentValue).to.equal("a-value-put-in-by-hand-0001");
      expect(world.labels.has("ADOPT")).to.equal(false);
      expect(world.keys).to.have.lengthOf(2);
    }
  });

  it("refuses to adopt what is no key, or another key's value, and never quotes it", async () => {
    const world = await aWorld();
    const before = shape(world);
    for (const text of [
      "bare-text-that-is-no-json-0001",
      '{"apiKey":"short"}',
      '{"key":"a-key-of-some-length-0001"}',
    ]) {
      world.put("by-hand", text, "ADOPT");
      const told = await fault(world.rotation().adopt());
      expect(told).to.match(/value is not \{"apiKey"/);
      expect(told).not.to.include(text.slice(-13, -3));
    }
    world.put("by-hand", JSON.stringify({ apiKey: world.currentValue }), "ADOPT");
    expect(await fault(world.rotation().adopt())).to.match(/another API key of the account has this value/);
    expect(shape(world).keys).to.deep.equal(before.keys);
    expect(world.current).to.equal(before.labels["AWSCURRENT"]);
  });

  it("makes a client's keys begin with its name, and takes no other for its own, however it got into the secret", async () => {
    const world = await aWorld("acme_");
    expect(world.currentValue).to.match(/^acme_new-key/);
    world.begin("token-1");
    await rotate(world, "token-1");
    expect(world.currentValue).to.match(/^acme_new-key/);
    const before = shape(world);
    const foreign = [
      "labs_a-value-put-in-by-hand-0001",
      "a-value-put-in-by-hand-0001",
      "acme_short",
      "acme-eu_a-value-put-in-by-hand",
    ];
    for (const value of foreign) {
      world.put("by-hand", JSON.stringify({ apiKey: value }), "ADOPT");
      const told = await fault(world.rotation().adopt());
      expect(told).to.match(/value is not \{"apiKey": "acme_<20 to 123 printable characters/);
      expect(told).not.to.include(value);
      world.labels.delete("ADOPT");
      // A writer of the secret need not wait for an adoption: it can fill a rotation's version, or make its own current.
      world.put("token-2", JSON.stringify({ apiKey: value }), "AWSPENDING");
      for (const step of ["setSecret", "testSecret", "finishSecret"] as const)
        expect(await fault(world.rotation().step(step, "token-2")), step).to.match(/value is not/);
      world.labels.delete("AWSPENDING");
      world.put("by-hand", JSON.stringify({ apiKey: value }), "AWSCURRENT");
      expect(await fault(world.rotation().initialise())).to.match(/value is not/);
      world.labels.set("AWSCURRENT", "token-1");
    }
    expect(shape(world).keys).to.deep.equal(before.keys);
    world.put("by-hand", '{"apiKey":"acme_a-value-put-in-by-hand-0001"}', "ADOPT");
    await world.rotation().adopt();
    expect(world.letsIn("acme_a-value-put-in-by-hand-0001")).to.equal(true);
  });

  it("takes a label that was moved back for what it is: the key is in use again", async () => {
    const world = await aWorld();
    const first = world.current!;
    world.begin("token-1");
    await rotate(world, "token-1");
    world.labels.set("AWSCURRENT", first);
    world.labels.delete("AWSPENDING");
    world.time += 1_000 * hour;
    await world.rotation().sweep(() => undefined);
    await world.rotation().sweep(() => undefined);
    expect(world.letsIn(world.currentValue)).to.equal(true);
    expect(world.keys.find(({ version }) => version === first)!.retiredAt).to.equal(undefined);
  });

  it("measures the age of the current and of the pending version", async () => {
    const world = await aWorld();
    world.time += 5 * hour;
    world.begin("token-1");
    world.time += 2 * hour;
    const measured: object[] = [];
    await world.rotation().sweep((measures) => measured.push(measures));
    expect(measured).to.deep.equal([{ keys: 1, keyAge: 7 * hour, pendingAge: 2 * hour }]);
    await rotate(world, "token-1");
    await world.rotation().sweep((measures) => measured.push(measures));
    expect(measured[1]).to.deep.include({ keys: 2, pendingAge: 0 });
  });

  it("leaves no key behind when the stack goes", async () => {
    const world = await aWorld();
    world.begin("token-1");
    await rotate(world, "token-1");
    await world.rotation().clear();
    expect(world.keys).to.deep.equal([]);
  });

  it("makes no key any more once the schedule is gone: a rotation under way would leave it behind", async () => {
    for (const taken of [0, 1, 2, 3]) {
      const world = await aWorld();
      world.begin("token-1");
      for (const step of steps.slice(0, taken)) await world.rotation().step(step, "token-1");
      world.rotates = false;
      await world.rotation().clear();
      for (const step of steps)
        expect(await fault(world.rotation().step(step, "token-1"))).to.match(/rotation is not enabled/);
      expect(world.keys, `after ${taken} steps`).to.deep.equal([]);
    }
  });
});
