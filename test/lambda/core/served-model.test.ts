import { expect } from "chai";
import type { LivePointer } from "../../../contract";
import { Failure } from "../../../lambda/core/failure";
import { logLine } from "../../../lambda/core/protocol/log-record";
import type { PinnedModel } from "../../../lambda/core/publish/pinned-model";
import { servedModel } from "../../../lambda/core/publish/served-model";
import type { Model } from "../../../lambda/core/tensor/signature";

const model = (version: string): Model => ({
  name: "m",
  version,
  signature: { inputs: [], outputs: [] },
  run: () => Promise.resolve({ version: "", outputs: [] }),
});
const pinned: PinnedModel = { name: "m", digest: "0".repeat(64), files: new Map() };
const shippedVersion = "0".repeat(12);
const [one, two] = [model("1".repeat(12)), model("2".repeat(12))];
const pointer = (canaryPercent: number): LivePointer => ({
  digest: "2".repeat(64),
  previous: "1".repeat(64),
  canaryPercent,
  reason: "published",
  handled: [],
});

describe("Functions: the model that answers", () => {
  it("is the one shipped with the code where nothing was published", () => {
    expect(servedModel(pinned, undefined, undefined, 50)).to.deep.equal({ model: null });
    expect(servedModel(pinned, undefined, shippedVersion, 50)).to.deep.equal({ model: null });
    expect(() => servedModel(pinned, undefined, two.version, 50)).to.throw(Failure, /version 000000000000 is served/);
  });

  it("is the live one, for all requests, where no canary runs", () => {
    const live = { pointer: pointer(100), digest: two, previous: null };
    expect(servedModel(pinned, live, undefined, 99)).to.deep.equal({ model: two });
    expect(servedModel(pinned, live, two.version, 99)).to.deep.equal({ model: two });
    expect(() => servedModel(pinned, live, one.version, 0)).to.throw(Failure, /version 222222222222 is served/);
  });

  it("is the canary for its share, and says which of the two it is", () => {
    const live = { pointer: pointer(10), digest: two, previous: one };
    expect(servedModel(pinned, live, undefined, 9)).to.deep.equal({ model: two, variant: "canary" });
    expect(servedModel(pinned, live, undefined, 10)).to.deep.equal({ model: one, variant: "stable" });
  });

  it("is the version that is asked for, of those that are served", () => {
    const live = { pointer: pointer(10), digest: two, previous: one };
    expect(servedModel(pinned, live, one.version, 0).model).to.equal(one);
    expect(servedModel(pinned, live, two.version, 99).model).to.equal(two);
    expect(() => servedModel(pinned, live, shippedVersion, 0)).to.throw(/version 222222222222 and 111111111111/);
  });

  it("is the shipped one where the pointer says so", () => {
    const back = { pointer: { ...pointer(100), digest: null }, digest: null, previous: null };
    expect(servedModel(pinned, back, undefined, 0)).to.deep.equal({ model: null });
    expect(servedModel(pinned, back, shippedVersion, 0)).to.deep.equal({ model: null });
  });
});

describe("Functions: the log of a canary", () => {
  const entry = {
    level: "info" as const,
    route: "POST /mymodel",
    model: "m",
    status: 200,
    ms: 1,
    requestId: "r",
    traceId: "",
    principal: "p",
    client: "c",
  };
  const line = (more: object) => JSON.parse(logLine({ ...entry, ...more }, false, "ns", 0)) as Record<string, unknown>;

  it("counts its requests, and those that it is to blame for", () => {
    expect(line({ variant: "canary" })).to.include({ CanaryRequests: 1, CanaryErrors: 0 });
    expect(line({ variant: "canary", status: 503 })).to.include({ CanaryRequests: 1, CanaryErrors: 1 });
    expect(line({ variant: "canary", status: 400, code: "refused-by-model" })).to.include({ CanaryErrors: 1 });
    expect(line({ variant: "canary", status: 400, code: "invalid-request" })).to.include({ CanaryErrors: 0 });
    expect(JSON.stringify(line({ variant: "canary" })["_aws"])).to.contain("CanaryErrors");
  });

  it("counts nothing for the other model", () => {
    for (const more of [{}, { variant: "stable" }]) expect(JSON.stringify(line(more))).not.to.contain("Canary");
  });
});
