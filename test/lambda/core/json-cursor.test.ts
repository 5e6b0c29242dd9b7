import { expect } from "chai";

import { Failure } from "../../../lambda/core/failure";
import { JsonCursor, maximumDepth, maximumMembers } from "../../../lambda/core/tensor/json-cursor";

const skip = (text: string): void => {
  const cursor = new JsonCursor(Buffer.from(text));
  cursor.skip();
  cursor.end();
};

const isRefused = (text: string): void => {
  expect(() => skip(text), text)
    .to.throw(Failure)
    .with.property("status", 400);
};

describe("Functions: the JSON reader", () => {
  const valid = [
    "{}",
    "[]",
    ' { "a" : [ 1 , -2.5e+3 , true , false , null , "x" ] , "b" : { } } ',
    '"\\u00e9\\n\\ud83d\\ude00 é 😀"',
    '{"__proto__":{"constructor":1}}',
    "[[[[]]]]",
  ];
  for (const text of valid) {
    it(`reads ${text}`, () => {
      JSON.parse(text);
      skip(text);
    });
  }

  const invalid = [
    "",
    " ",
    "{",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "{a:1}",
    "{'a':1}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a" 1}',
    "1 2",
    "[1 2]",
    "nul",
    "True",
    "NaN",
    "Infinity",
    "undefined",
    "01",
    "1.",
    "// x",
    '"',
    '"\\',
    '"\\x"',
    '"\\u12"',
    '"\\u123g"',
    '"a\nb"',
    '"\u0000"',
    "\u0000",
    "\ufeff1",
  ];
  for (const text of invalid) it(`refuses ${JSON.stringify(text)}`, () => isRefused(text));

  it("refuses a key that occurs twice, also when one is escaped", () => {
    isRefused('{"a":1,"a":2}');
    isRefused('{"a":1,"\\u0061":2}');
    isRefused('{"x":{"a":1,"a":2}}');
  });

  it("refuses lone surrogates, which have no UTF-8", () => {
    isRefused('"\\ud800"');
    isRefused('"\\udc00x"');
    isRefused('{"\\ud800":1}');
  });

  it("bounds nesting and the members of an object", () => {
    skip("[".repeat(maximumDepth) + "]".repeat(maximumDepth));
    isRefused("[".repeat(maximumDepth + 2) + "]".repeat(maximumDepth + 2));
    isRefused("[".repeat(1_000_000));
    isRefused('{"a":'.repeat(1_000_000));
    const members = (count: number): string =>
      `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(",")}}`;
    skip(members(maximumMembers));
    isRefused(members(maximumMembers + 1));
  });

  it("says where a fault is, and never what stands there", () => {
    expect(() => skip('{"secret":swordfish}'))
      .to.throw(Failure, /at byte 10/)
      .with.property("message")
      .that.does.not.match(/swordfish|secret/);
  });

  it("leaps over an array whatever is in it, and stops at its end", () => {
    const cursor = new JsonCursor(Buffer.from('[1,["]","\\"]"],[[]]] ,'));
    cursor.leap();
    expect(cursor.at).to.equal(20);
    expect(() => new JsonCursor(Buffer.from("[[1]")).leap()).to.throw(Failure);
  });
});
