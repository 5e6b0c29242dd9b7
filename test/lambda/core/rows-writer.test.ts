import { expect } from "chai";
import { Failure } from "../../../lambda/core/failure";
import { writeColumns, writePredictions } from "../../../lambda/core/protocol/predictions";
import type { Tensor } from "../../../lambda/core/tensor/datatype";
import { JsonText } from "../../../lambda/core/tensor/json-text";

const text = (limit = Infinity): JsonText => new JsonText(limit, false);

describe("Functions: predictions written as rows and columns", () => {
  const floats = (name: string, shape: number[]): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { name, datatype: "FP32", shape, data: Float32Array.from({ length }, (_, index) => index / 8 - 7) };
  };
  /** The rows as plain lists. */
  const lists = ({ data, shape }: Tensor, from = 0, level = 0): unknown => {
    if (level === shape.length) return data[from];
    const span = shape.slice(level + 1).reduce((product, size) => product * size, 1);
    return Array.from({ length: shape[level]! }, (_, index) =>
      lists({ data, shape } as Tensor, from + index * span, level + 1),
    );
  };

  // The first ones are longer than the writer's buffer of 64 KB.
  for (const shape of [[20_000], [9_000, 3], [30_000, 1], [4_000, 2, 3], [3, 0], [0, 3], [0], [2, 2, 0], [1, 1, 1, 2]])
    it(`are the rows of an output of shape ${shape.join(" × ")}`, () => {
      const one = floats("a", shape);
      expect(writePredictions(text(), [one], shape[0]!)).to.equal(JSON.stringify({ predictions: lists(one) }));
      expect(writeColumns(text(), [one])).to.equal(JSON.stringify({ outputs: lists(one) }));
      const two = floats("b", [shape[0]!, 2]);
      const [as, bs] = [lists(one), lists(two)] as unknown[][];
      const rows = as!.map((a, row) => ({ a, b: bs![row] }));
      expect(writePredictions(text(), [one, two], shape[0]!)).to.equal(JSON.stringify({ predictions: rows }));
      const outputs = { a: as, b: bs };
      expect(writeColumns(text(), [one, two])).to.equal(JSON.stringify({ outputs }));
    });

  it("end as soon as they are too large, before the rest is written", () => {
    let written = 0;
    const data = new Proxy(new Array<string>(1_000_000).fill("x".repeat(100)), {
      get: (all, key) => {
        if (typeof key === "string" && /^\d+$/.test(key)) written++;
        return Reflect.get(all, key) as unknown;
      },
    });
    const output: Tensor = { name: "y", datatype: "BYTES", shape: [1_000_000], data };
    expect(() => writePredictions(text(100_000), [output], 1_000_000)).to.throw(Failure, /100000 bytes/);
    expect(written).to.be.below(2_000);
  });
});
