import { expect } from "chai";
import { Failure } from "../../../lambda/core/failure";
import { checkSize } from "../../../lambda/core/protocol/response";
import { type Datatype, elementCount } from "../../../lambda/core/tensor/datatype";
import { JsonCursor } from "../../../lambda/core/tensor/json-cursor";
import { readShaped, Stack } from "../../../lambda/core/tensor/json-tensor";

const shaped = (text: string, shape: number[], datatype: Datatype = "FP32") =>
  readShaped(new JsonCursor(Buffer.from(text)), datatype, shape);

const stacked = (rows: string[], datatype: Datatype = "FP32"): Stack => {
  const stack = new Stack(datatype);
  for (const row of rows) stack.push(new JsonCursor(Buffer.from(row)));
  return stack;
};

describe("Functions: tensor data of a stated shape", () => {
  it("stops at the first element too many", () => {
    expect(() => shaped("[1,2,3,x", [2])).to.throw(Failure, /more elements/);
    expect(() => shaped("[[1,2],[3,4],[5,x", [2, 2])).to.throw(Failure, /more elements/);
  });

  it("reserves nothing for a shape that the rest of the body cannot fill", () => {
    expect(() => shaped("[1,2]", [1_000_000_000])).to.throw(Failure, /fewer elements/);
    expect(() => shaped('["",""]', [1_000_000_000], "BYTES")).to.throw(Failure, /fewer elements/);
  });

  it("counts elements without overflow", () => {
    expect(elementCount([2 ** 32, 2 ** 32], 100)).to.equal(undefined);
    expect(elementCount([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0], 100)).to.equal(0);
    expect(elementCount([], 100)).to.equal(1);
    expect(elementCount([10, 10], 100)).to.equal(100);
    expect(elementCount([10, 10, 10], 100)).to.equal(undefined);
  });
});

describe("Functions: nested lists that are stacked", () => {
  it("get the shape that they have", () => {
    const stack = stacked(["[[1,2],[3,4],[5,6]]", "[[7,8],[9,10],[11,12]]"]);
    expect(stack.shape).to.deep.equal([2, 3, 2]);
    expect([...stack.data]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(stacked(["[[],[]]"]).shape).to.deep.equal([1, 2, 0]);
    expect(stacked(["1", "2"]).shape).to.deep.equal([2]);
    expect(stacked(["[[[]]]"]).shape).to.deep.equal([1, 1, 1, 0]);
  });

  it("grow beyond what was reserved, and keep everything", () => {
    const row = `[${Array.from({ length: 100 }, (_, index) => index).join(",")}]`;
    const stack = stacked(Array.from({ length: 50 }, () => row));
    expect(stack.shape).to.deep.equal([50, 100]);
    expect(stack.data[4999]).to.equal(99);
    expect(stack.data).to.have.length(5000);
  });

  for (const row of [
    "[[1,2],[3]]",
    "[[1],[2,3]]",
    "[[1],2]",
    "[1,[2]]",
    "[[[1]],[2]]",
    "[[1],[[2]]]",
    "[[],[1]]",
    "[[1],[]]",
    "[[[],[]],[[]]]",
    "[[[1]],[]]",
    "[[],[[1]]]",
    "[[1],[2]",
    `${"[".repeat(33)}1${"]".repeat(33)}`,
  ]) {
    it(`refuse ${row.slice(0, 40)}, which is not rectangular or too deep`, () => {
      expect(() => stacked([row])).to.throw(Failure);
    });
  }

  it("refuse rows of different shapes", () => {
    for (const rows of [
      ["[1,2]", "[1]"],
      ["[1]", "1"],
      ["1", "[1]"],
      ["[[1]]", "[1]"],
      ["[1,2]", "[[1],[2]]"],
    ]) {
      expect(() => stacked(rows), rows.join()).to.throw(Failure, /same shape/);
    }
  });
});

describe("Functions: the bound on an answer", () => {
  it("refuses outputs that cannot fit however they are written", () => {
    const output = { name: "y", datatype: "FP32", shape: [100], data: new Float32Array(100) } as const;
    checkSize([output], 200);
    expect(() => checkSize([output], 199)).to.throw(Failure, /199 bytes/);
    expect(() => checkSize([{ ...output, datatype: "BYTES", data: ["x".repeat(200)] }], 200)).to.throw(Failure);
  });
});
