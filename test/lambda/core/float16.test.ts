import { expect } from "chai";

import { fromBits, toBits } from "../../../lambda/core/tensor/float16";

describe("Functions: half precision", () => {
  it("gives back all 65,536 bit patterns, but for the payload of NaN", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromBits(bits);
      if (Number.isNaN(value)) expect(toBits(value)).to.equal(0x7e00);
      else expect(toBits(value)).to.equal(bits);
    }
  });

  it("rounds to the nearest, ties to even", () => {
    const rounded: [number, number][] = [
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [1 + 2 ** -11 + 2 ** -30, 1 + 2 ** -10],
      [65519.99, 65504],
      [65520, Infinity],
      [-65520, -Infinity],
      [2 ** -25, 0],
      [2 ** -25 * 1.01, 2 ** -24],
      [2047.5, 2048],
      [0.1, 0.0999755859375],
    ];
    for (const [value, expected] of rounded) expect(fromBits(toBits(value)), String(value)).to.equal(expected);
  });
});
