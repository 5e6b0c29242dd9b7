// Answers of an endpoint's engine, whose JSON is read once while it stays the same.

import { expect } from "chai";
import { binaryType, engineAnswer } from "../../../lambda/core/endpoint/engine-message";

const digest = "0".repeat(64);

function answer(outputs: readonly object[], data: readonly number[], model = digest) {
  const json = Buffer.from(JSON.stringify({ model_name: model, outputs }));
  return { json, body: Buffer.concat([json, Buffer.from(Float32Array.from(data).buffer)]) };
}

function read({ json, body }: ReturnType<typeof answer>) {
  const { model, outputs } = engineAnswer(body, `${binaryType}${json.length}`);
  return {
    model,
    outputs: [...outputs.values()].map((tensor) => ({ ...tensor, data: Array.from(tensor.data as Float32Array) })),
  };
}

function binary(name: string, ...shape: number[]) {
  return {
    name,
    datatype: "FP32",
    shape,
    parameters: { binary_data_size: 4 * shape.reduce((all, size) => all * size, 1) },
  };
}

describe("An engine's answer", () => {
  it("An engine's answer with the JSON of the one before has its own numbers", () => {
    for (const data of [
      [1, 2],
      [3, 4],
      [1, 2],
    ])
      expect(read(answer([binary("y", 1, 2)], data)).outputs).to.deep.equal([
        { name: "y", datatype: "FP32", shape: [1, 2], data },
      ]);
  });

  it("An engine's answer with other JSON of the same length is read anew", () => {
    expect(read(answer([binary("y", 1, 2)], [1, 2]))).to.deep.include({ model: digest });
    const other = "1".repeat(64);
    expect(read(answer([binary("y", 1, 2)], [1, 2], other))).to.deep.include({ model: other });
    expect(read(answer([binary("y", 2, 1)], [1, 2])).outputs[0]?.shape).to.deep.equal([2, 1]);
  });

  it("An engine's answer does not change that before it, even where it lies in the same memory", () => {
    const first = answer([binary("y", 1, 2)], [1, 2]);
    read(first);
    const second = answer([binary("z", 1, 2)], [3, 4]);
    second.body.copy(first.body);
    expect(read(first).outputs.map(({ name }) => name)).to.deep.equal(["z"]);
    expect(read(answer([binary("y", 1, 2)], [5, 6])).outputs.map(({ name }) => name)).to.deep.equal(["y"]);
  });

  it("An engine's answer with numbers in its JSON keeps them apart from those of the next", () => {
    const json = [{ name: "y", datatype: "FP32", shape: [1, 2], data: [1, 2] }];
    const [one, two] = [0, 1].map(() => {
      const { json: head, body } = answer(json, []);
      return engineAnswer(body, `${binaryType}${head.length}`).outputs.get("y")!.data as Float32Array;
    });
    one![0] = 7;
    expect(Array.from(two!)).to.deep.equal([1, 2]);
  });

  it("An engine's answer that is shorter or longer than its JSON says is refused, though its JSON was read before", () => {
    read(answer([binary("y", 1, 2)], [1, 2]));
    for (const data of [[1], [1, 2, 3]])
      expect(() => read(answer([binary("y", 1, 2)], data))).to.throw(/bytes behind the JSON/);
  });

  it("An engine's answer with a name twice is refused each time", () => {
    for (let time = 0; time < 2; time++)
      expect(() => read(answer([binary("y", 1, 1), binary("y", 1, 1)], [1, 2]))).to.throw(/a name twice/);
  });
});
