import { createHash } from "node:crypto";
import { expect } from "chai";
import { type LivePointer, publishedKeys } from "../../../contract";
import type { Model } from "../../../lambda/core/tensor/signature";
import { LiveModels, type LiveNote } from "../../../lambda/edge/live-models";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const [first, second] = [sha256("first"), sha256("second")];
const pointer = (of: Partial<LivePointer>): LivePointer => ({
  digest: first,
  previous: null,
  canaryPercent: 100,
  reason: "published",
  handled: [],
  ...of,
});

/** A bucket that can be spoilt, a clock that is turned, and models that load unless told otherwise. */
function fixture() {
  const objects = new Map<string, string>();
  const notes: LiveNote[] = [];
  const state = { now: 0, reads: 0, loads: 0, failing: undefined as Error | undefined, hanging: false };
  const live = new LiveModels({
    store: {
      get: async (_, key, { etag }) => {
        state.reads++;
        if (state.hanging) await new Promise(() => undefined);
        if (state.failing) throw state.failing;
        const body = objects.get(key);
        if (body === undefined) return undefined;
        return sha256(body) === etag ? "unchanged" : { body: Buffer.from(body), etag: sha256(body) };
      },
    },
    bucket: "b",
    refresh: 60_000,
    load: ({ name, digest }, { model }) => {
      state.loads++;
      if (model.toString() === "broken") return Promise.reject(new Error("not a model"));
      const loaded: Model = {
        name,
        version: digest.slice(0, 12),
        signature: { inputs: [], outputs: [] },
        run: () => Promise.resolve({ version: "", outputs: [] }),
      };
      return Promise.resolve(loaded);
    },
    clock: () => state.now,
    note: (note) => notes.push(note),
  });
  const publish = (of: Partial<LivePointer>) => objects.set(publishedKeys.pointer("m"), JSON.stringify(pointer(of)));
  for (const text of ["first", "second", "broken"]) objects.set(publishedKeys.artefact("m", sha256(text)), text);
  const served = async () => {
    const found = await live.live("m");
    return found && [found.digest?.version, found.previous?.version];
  };
  return { objects, notes, state, publish, served };
}

const version = (digest: string) => digest.slice(0, 12);

describe("Functions: the live models", () => {
  it("are none where nothing was published", async () => {
    const { served, notes } = fixture();
    expect(await served()).to.equal(undefined);
    expect(notes).to.deep.equal([]);
  });

  it("are those that the pointer names, looked at once a minute and loaded once", async () => {
    const { served, publish, state, notes } = fixture();
    publish({});
    for (let call = 0; call < 100; call++) expect(await served()).to.deep.equal([version(first), undefined]);
    expect(state).to.include({ reads: 2, loads: 1 });
    publish({ digest: second });
    state.now = 59_999;
    expect(await served()).to.deep.equal([version(first), undefined]);
    state.now = 60_000;
    expect(await served()).to.deep.equal([version(second), undefined]);
    state.now = 120_000;
    await served();
    expect(state).to.include({ reads: 5, loads: 2 }); // Twice a pointer and a model, once a pointer that did not change.
    expect(notes.map(({ outcome, digest }) => [outcome, digest])).to.deep.equal([
      ["changed", first],
      ["changed", second],
    ]);
  });

  it("are two while a canary runs, and the loaded one is not loaded again", async () => {
    const { served, publish, state } = fixture();
    publish({});
    await served();
    publish({ digest: second, previous: first, canaryPercent: 10 });
    state.now = 60_000;
    expect(await served()).to.deep.equal([version(second), version(first)]);
    expect(state.loads).to.equal(2);
    publish({ digest: first, previous: second, reason: "rolled back" });
    state.now = 120_000;
    expect(await served()).to.deep.equal([version(first), undefined]);
    expect(state.loads).to.equal(2);
  });

  const failures: readonly (readonly [string, (of: ReturnType<typeof fixture>) => void, RegExp])[] = [
    ["the bucket cannot be reached", ({ state }) => (state.failing = new Error("no answer")), /no answer/],
    ["the pointer is not JSON", ({ objects }) => objects.set(publishedKeys.pointer("m"), "{"), /JSON/],
    ["the pointer is not a text", ({ objects }) => objects.set(publishedKeys.pointer("m"), "\u0000{"), /./],
    ["the pointer is wrong", ({ publish }) => publish({ canaryPercent: 200 }), /canaryPercent/],
    ["the model is not there", ({ publish }) => publish({ digest: sha256("absent") }), /is not there/],
    [
      "the model has another digest",
      ({ publish, objects }) => {
        publish({ digest: second });
        objects.set(publishedKeys.artefact("m", second), "tampered with");
      },
      /has another digest/,
    ],
    ["the model cannot be loaded", ({ publish }) => publish({ digest: sha256("broken") }), /not a model/],
    [
      "the one before cannot be loaded while it gets requests",
      ({ publish }) => publish({ digest: second, previous: sha256("broken"), canaryPercent: 50 }),
      /not a model/,
    ],
  ];
  for (const [what, spoil, cause] of failures) {
    it(`stay as they were when ${what}, and are looked at again`, async () => {
      const made = fixture();
      made.publish({});
      await made.served();
      spoil(made);
      made.state.now = 60_000;
      expect(await made.served()).to.deep.equal([version(first), undefined]);
      expect(made.notes.at(-1)).to.include({ level: "error", outcome: "kept" });
      expect(made.notes.at(-1)!.cause).to.match(cause);
      made.state.failing = undefined;
      made.objects.set(publishedKeys.artefact("m", second), "second");
      made.publish({ digest: second });
      made.state.now = 120_000;
      expect(await made.served()).to.deep.equal([version(second), undefined]);
    });
  }

  it("keep a request waiting for a second at most, and each look only once", async () => {
    const { served, publish, state } = fixture();
    publish({});
    await served();
    state.hanging = true;
    state.now = 60_000;
    const started = performance.now();
    expect(await served()).to.deep.equal([version(first), undefined]);
    expect(performance.now() - started).to.be.at.least(900);
    state.now = 61_500; // The look still hangs: nobody waits for it again, nobody starts another.
    await served();
    expect(state.reads).to.equal(3);
  });

  it("are the shipped ones again when the pointer is taken away", async () => {
    const { served, publish, state, objects } = fixture();
    publish({});
    await served();
    objects.delete(publishedKeys.pointer("m"));
    state.now = 60_000;
    expect(await served()).to.equal(undefined);
  });
});
