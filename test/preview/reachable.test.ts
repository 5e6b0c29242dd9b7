import { expect } from "chai";
import { reachable } from "../../preview/compare/access";
import type { MatrixSnapshot } from "../../preview/version/snapshot";

/** An API that lets callers in from these networks; its GET route lets nobody in. */
function matrix(networks: readonly string[] | null): MatrixSnapshot {
  const cell = { api: "api", address: "default endpoint", place: "route", asks: "a key", credential: { name: "x" } };
  return {
    findings: {},
    doors: [],
    callers: [{ api: "api", networks, clients: null, tokens: [], origins: [] }],
    policies: [],
    cells: [
      { ...cell, method: "POST", path: "/x", status: 200 },
      { ...cell, method: "GET", path: "/x", status: 403 },
    ],
  };
}

describe("Preview: the routes that any network can reach", () => {
  const office = matrix(["203.0.113.0/24"]);
  const halves = matrix(["0.0.0.0/1", "128.0.0.0/1"]);

  it("are those of an API whose networks became the internet in parts", () => {
    expect(reachable(office, halves)).to.deep.equal(["api: POST /x (default endpoint)"]);
    expect(reachable(office, matrix(["203.0.113.0/24", "2000::/3"]))).to.deep.equal([
      "api: POST /x (default endpoint)",
    ]);
  });

  it("are none where a network is added, or where the networks were the internet before", () => {
    expect(reachable(office, matrix(["203.0.113.0/24", "198.51.100.0/24"]))).to.deep.equal([]);
    expect(reachable(halves, halves)).to.deep.equal([]);
  });
});
