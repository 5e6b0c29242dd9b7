import { expect } from "chai";
import { JsonText } from "../../../lambda/core/tensor/json-text";
import { writeFlat } from "../../../lambda/core/tensor/json-writer";
import { seeded } from "../seeded";

function written(values: Float32Array, strict = false): string {
  const text = new JsonText(Infinity, strict);
  writeFlat(text, { name: "y", datatype: "FP32", shape: [values.length], data: values });
  return text.finish().slice(1, -1);
}

const floatText = (value: number): string => written(Float32Array.of(value));

describe("Functions: the float writer", () => {
  it("writes what reads back as the same float, for 100,000 random bit patterns and magnitudes", () => {
    const random = seeded(3);
    const values = new Float32Array(100_000);
    const bits = new Uint32Array(values.buffer);
    for (let index = 0; index < values.length; index++) {
      if (index % 2 === 0) bits[index] = Math.floor(random() * 2 ** 32);
      else values[index] = (random() * 2 - 1) * 10 ** Math.floor(random() * 16 - 8);
    }
    const texts = written(values).split(",");
    expect(texts).to.have.length(values.length);
    const wrong = texts.filter((text, index) => !Object.is(Math.fround(Number(text)), values[index]));
    expect(wrong).to.deep.equal([]);
    // Whatever is a number must be JSON.
    for (const text of texts) if (text !== "NaN") JSON.parse(text);
  });

  it("writes no more digits than it takes", () => {
    const random = seeded(4);
    for (let count = 0; count < 20_000; count++) {
      const value = Math.fround(random() * 10 ** Math.floor(random() * 84 - 45));
      const digits = (text: string): number => text.replace(/e.*|^0\.0*|\./g, "").replace(/0+$/, "").length;
      let shortest = 1;
      while (Math.fround(Number(value.toPrecision(shortest))) !== value) shortest++;
      // Two decimals of the same length may both do: the count matters.
      if (!Number.isSafeInteger(value) && value !== Infinity)
        expect(digits(floatText(value)), String(value)).to.be.at.most(shortest);
    }
  });

  const texts: [number, string][] = [
    [0.1, "0.1"],
    [-0.1, "-0.1"],
    [0.5, "0.5"],
    [1.5, "1.5"],
    [100.25, "100.25"],
    [0.00001, "0.00001"],
    [0.000123, "0.000123"],
    [0, "0"],
    [-0, "-0.0"],
    [1, "1"],
    [-7, "-7"],
    [123456792, "123456792"],
    [16777216, "16777216"],
    [9999999, "9999999"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [-Infinity, "-Infinity"],
    [1e-7, "1e-7"],
    [-7.428296e-7, "-7.428296e-7"],
    [1.17549435e-38, "1.1754944e-38"],
    [2 ** -149, "1e-45"],
    [2 ** 53, "9007199000000000"],
    [-(2 ** 60), "-1152921500000000000"],
    [3.4028234e38, "3.4028235e+38"],
    [999999.9, "999999.9"],
    [0.99999994, "0.99999994"],
  ];
  for (const [value, text] of texts) it(`writes ${text}`, () => expect(floatText(Math.fround(value))).to.equal(text));
});
