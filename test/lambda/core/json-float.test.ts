import { expect } from "chai";

import { JsonCursor } from "../../../lambda/core/tensor/json-cursor";
import { scanFloat } from "../../../lambda/core/tensor/json-float";
import { seeded } from "../seeded";

const scan = (text: string, single: boolean): number => {
  const cursor = new JsonCursor(Buffer.from(`${text},`));
  const value = scanFloat(cursor, single);
  expect(cursor.at).to.equal(text.length);
  return value;
};

/** Texts as clients write them, and texts that sit where rounding is hardest. */
function randomTexts(count: number): string[] {
  const random = seeded(1);
  const digits = (length: number): string => Array.from({ length }, () => Math.floor(random() * 10)).join("");
  const sign = (): string => (random() < 0.5 ? "-" : "");
  const bits = new DataView(new ArrayBuffer(8));
  const float = (): number => {
    bits.setUint32(0, Math.floor(random() * 2 ** 32));
    return bits.getFloat32(0);
  };
  const double = (): number => {
    bits.setUint32(0, Math.floor(random() * 2 ** 32));
    bits.setUint32(4, Math.floor(random() * 2 ** 32));
    return bits.getFloat64(0);
  };
  /** Halfway between two floats, and a little beside it. */
  const tie = (): string => {
    const value = Math.fround(random() * 10 ** Math.floor(random() * 12 - 6));
    const next = Math.fround(value * (1 + 2 ** -23));
    const middle = (value + next) / 2;
    return [
      String(middle),
      middle.toPrecision(17),
      middle.toPrecision(18),
      middle.toPrecision(19),
      middle.toPrecision(24),
    ][Math.floor(random() * 5)]!;
  };
  const makers = [
    () => String(float()),
    () => String(double()),
    () => String(random() * 100 - 50),
    () => String(Math.fround(random())),
    tie,
    () => `${sign()}0.${digits(1 + Math.floor(random() * 25))}`,
    () => `${sign()}${1 + Math.floor(random() * 9)}${digits(Math.floor(random() * 24))}`,
    () =>
      `${sign()}${1 + Math.floor(random() * 9)}.${digits(1 + Math.floor(random() * 20))}e${Math.floor(random() * 90 - 50)}`,
    () => `${sign()}0.${"0".repeat(Math.floor(random() * 30))}${digits(17)}E+${Math.floor(random() * 40)}`,
  ];
  const texts: string[] = [];
  while (texts.length < count) {
    const text = makers[texts.length % makers.length]!();
    if (Number.isFinite(Number(text))) texts.push(text);
    else texts.push("1");
  }
  return texts;
}

describe("Functions: the float scanner", () => {
  it("reads 100,000 random texts as Number() does, and for FP32 as Math.fround of that", () => {
    const wrong: string[] = [];
    for (const text of randomTexts(100_000)) {
      const expected = Number(text);
      if (!Object.is(scan(text, false), expected)) wrong.push(`double ${text}`);
      if (!Object.is(Math.fround(scan(text, true)), Math.fround(expected))) wrong.push(`float ${text}`);
    }
    expect(wrong).to.deep.equal([]);
  });

  it("keeps the sign of zero, however zero is written", () => {
    for (const text of ["-0", "-0.0", "-0e5", "-0.000e-999999999999", "-0E+99999"]) {
      expect(Object.is(scan(text, true), -0), text).to.equal(true);
    }
    expect(Object.is(scan("0.0", true), 0)).to.equal(true);
  });

  it("reads the words that Python and RapidJSON write for what is not a number", () => {
    expect(scan("NaN", true)).to.be.NaN;
    expect(scan("Infinity", false)).to.equal(Infinity);
    expect(scan("-Infinity", false)).to.equal(-Infinity);
  });

  for (const text of [
    "01",
    "-01",
    "1.",
    ".5",
    "+1",
    "1e",
    "1e+",
    "-",
    "1.e5",
    "nan",
    "inf",
    "-NaN",
    '"1"',
    "null",
    "true",
    "[",
    "",
  ]) {
    it(`refuses ${text === "" ? "nothing" : text}`, () => {
      expect(() => scan(text, true)).to.throw(/at byte/);
    });
  }

  it("refuses a number that no double can hold, and takes one that is only close to zero", () => {
    expect(() => scan("1e400", false)).to.throw(/range/);
    expect(() => scan("-1e99999999999", false)).to.throw(/range/);
    expect(() => scan("9".repeat(400), true)).to.throw(/range/);
    expect(scan("1e-400", false)).to.equal(0);
  });
});
