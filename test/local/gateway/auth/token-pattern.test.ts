import { expect } from "chai";
import { tokenPattern } from "../../../../local/gateway/auth/lambda/authorizer-settings";

class Refused extends Error {}
const pattern = (expression: string) =>
  tokenPattern(expression, (why) => {
    throw new Refused(why);
  });

describe("identityValidationExpression", () => {
  const cases: [expression: string, token: string, matches: boolean][] = [
    ["^Bearer [-0-9a-zA-Z\\._]+$", "Bearer a.b-c_d", true],
    ["^Bearer [-0-9a-zA-Z\\._]+$", "bearer a.b", false],
    ["Bearer [a-z]+", "Bearer abc", true],
    ["Bearer [a-z]+", "xBearer abc", false],
    ["Bearer [a-z]+", "Bearer abc;", false],
    ["^[Bb]earer [A-Za-z0-9_-]{1,9}\\.[A-Za-z0-9_-]{1,9}$", "bearer a-1.b_2", true],
    ["^[Bb]earer [A-Za-z0-9_-]{1,9}\\.[A-Za-z0-9_-]{1,9}$", "bearer a-1.b_2.c", false],
    ["a|b", "a", true],
    ["a|b", "ab", false],
    ["a|b", "bx", false],
    [".+", "\u00a0", false],
    ["\\s.*", "\u2003x", false],
  ];
  for (const [expression, token, matches] of cases)
    it(`${expression} ${matches ? "matches" : "does not match"} ${JSON.stringify(token)}`, () => {
      expect(pattern(expression).matches(token)).to.equal(matches);
    });

  const refused = [
    "a)|(?:.*",
    "(",
    "a++",
    "[a-z&&[^b]]",
    "[a[bc]]",
    "\\Qa.b\\E",
    "\\Aabc\\z",
    "\\h+",
    "(?i)bearer",
    "(a)?\\1b",
    "[^]a]",
    "\\p{Alpha}+",
    "\\v",
  ];
  for (const expression of refused)
    it(`rejects at the start what Java would read differently: ${expression}`, () => {
      expect(() => pattern(expression)).to.throw(Refused);
    });

  it("gives up on a token made to backtrack, which then matches nothing, and works on", () => {
    const slow = pattern("(a+)+");
    expect(slow.matches(`${"a".repeat(64)}b`)).to.equal(false);
    expect(slow.matches("aaaa")).to.equal(true);
  });
});
