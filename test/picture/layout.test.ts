import { expect } from "chai";
import { drawn } from "../../picture/layout";
import type { PictureEdge, PictureNode, Unplaced } from "../../picture/picture";

const node = (id: string, label = id, module = ""): Unplaced<PictureNode> => ({
  ...{ id, label, module, kind: "part", category: "other", details: [], resources: [] },
});
const edge = (from: string, to: string): Unplaced<PictureEdge> => ({
  id: `${from} > ${to}`,
  from,
  to,
  label: "uses",
  minor: false,
});

describe("Layout of a picture", () => {
  it("makes the nodes of a layer equally wide, as its widest needs", () => {
    const { nodes } = drawn(
      [],
      [node("a"), node("b"), node("c", "a label of some length")],
      [edge("a", "b"), edge("a", "c")],
    );
    const [b, c] = [nodes.get("b")!, nodes.get("c")!];
    expect([b.x, b.width]).to.deep.equal([c.x, c.width]);
    expect(b.width).to.be.above(nodes.get("a")!.width);
  });

  it("leads a line back from the left of a node to the right of one before it", () => {
    const { nodes, lines } = drawn([], [node("a"), node("b")], [edge("a", "b"), edge("b", "a")]);
    const [a, b] = [nodes.get("a")!, nodes.get("b")!];
    const ends = (id: string): number[] => [lines.get(id)!.points[0]!.x, lines.get(id)!.points.at(-1)!.x];
    expect(ends("a > b")).to.deep.equal([a.x + a.width, b.x]);
    expect(ends("b > a")).to.deep.equal([b.x, a.x + a.width]);
  });

  it("keeps lines apart where they reach a node, in the order in which they come", () => {
    const { nodes, lines } = drawn(
      [],
      ["a", "b", "c", "d"].map((id) => node(id)),
      ["a", "b", "c"].map((id) => edge(id, "d")),
    );
    const ids = ["a", "b", "c"].toSorted((one, other) => nodes.get(one)!.y - nodes.get(other)!.y);
    const ends = ids.map((id) => lines.get(`${id} > d`)!.points.at(-1)!.y);
    expect(ends).to.deep.equal(ends.toSorted((one, other) => one - other));
    expect(new Set(ends).size).to.equal(3);
  });

  it("has the first node in the upper half, wherever the layers would have it", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const edges = [edge("b", "c"), edge("b", "d"), edge("a", "e"), edge("d", "e")];
    for (const first of ids) {
      const { nodes, height } = drawn(
        [],
        [first, ...ids.filter((id) => id !== first)].map((id) => node(id)),
        edges,
      );
      const { y, height: own } = nodes.get(first)!;
      expect(y + own / 2, first).to.be.at.most(height / 2 + 1);
    }
  });

  it("puts what nothing flows to below the rest, in rows", () => {
    const ids = Array.from({ length: 9 }, (_, index) => `lone ${index}`);
    const { nodes, width } = drawn(
      [],
      [...["a", "b"], ...ids].map((id) => node(id)),
      [edge("a", "b")],
    );
    const lowest = Math.max(...["a", "b"].map((id) => nodes.get(id)!.y + nodes.get(id)!.height));
    for (const id of ids) {
      expect(nodes.get(id)!.y, id).to.be.at.least(lowest);
      expect(nodes.get(id)!.x + nodes.get(id)!.width, id).to.be.at.most(width);
    }
  });
});
