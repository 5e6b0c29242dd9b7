import { expect } from "chai";
import { matchesArn, matchesWildcard } from "../../../local/iam/wildcard";

describe("wildcards of policies", () => {
  const cases: [pattern: string, text: string, matches: boolean][] = [
    ["*", "", true],
    ["*", "a/b:c", true],
    ["a/*", "a/b/c", true],
    ["a/*/d", "a/b/c/d", true],
    ["a/*", "a/", true],
    ["a/*", "a", false],
    ["a?c", "a/c", true],
    ["a?c", "ac", false],
    ["?", "", false],
    ["", "", true],
    ["", "a", false],
    ["a", "A", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b-cd", false],
    ["*/POST/*", "arn:x/dev/POST/mymodel", true],
    ["a.c", "abc", false],
    ["*a", "*b", false],
    ["**", "x", true],
    ["a*", "*a", false],
  ];
  for (const [pattern, text, matches] of cases)
    it(`${pattern || "(nothing)"} ${matches ? "matches" : "does not match"} ${text || "(nothing)"}`, () => {
      expect(matchesWildcard(pattern, text)).to.equal(matches);
    });

  it("match a hostile pattern in bounded time", () => {
    expect(matchesWildcard(`${"*a".repeat(50)}b`, "a".repeat(5_000))).to.equal(false);
  });

  it("keep to their part of an ARN where ARNs are compared", () => {
    expect(matchesArn("arn:aws:iam::*:user/a", "arn:aws:iam::123456789012:user/a")).to.equal(true);
    expect(matchesArn("arn:aws:iam::*:user/a", "arn:aws:iam::1:role/x:user/a")).to.equal(false);
    expect(matchesArn("*", "arn:aws:iam::1:user/a")).to.equal(false);
  });
});
