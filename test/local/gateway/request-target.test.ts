import { expect } from "chai";
import { parseQuery, parseRestQuery, parseTarget, withoutStage } from "../../../local/server/request-target";

describe("The request target's parser", () => {
  it("keeps path and query as they were sent", () => {
    expect(parseTarget("/dev/a%2Fb/test%2Balias@x.com?q=a%20b&c")).to.deep.equal({
      path: "/dev/a%2Fb/test%2Balias@x.com",
      rawQuery: "q=a%20b&c",
    });
  });

  const refused: [attack: string, target: string][] = [
    ["climbing out of a folder", "/dev/files/../secret"],
    ["climbing out, encoded", "/dev/files/%2e%2e/secret"],
    ["climbing out, half encoded", "/dev/files/.%2E/secret"],
    ["climbing out at the end", "/dev/files/.."],
    ["staying in place", "/dev/./mymodel"],
    ["a NUL", "/dev/a%00b"],
    ["an encoded line break", "/dev/a%0d%0aX:y"],
    ["a letter spelt otherwise, to step around a policy on /secret", "/dev/s%65cret"],
    ["a digit spelt otherwise", "/dev/v%32"],
    ["half an escape", "/dev/a%2"],
    ["no escape", "/dev/a%zz"],
    ["an overlong slash", "/dev/a%c0%af"],
    ["a surrogate", "/dev/%ed%a0%80"],
    ["a broken escape in the query", "/dev/a?x=%ff"],
    ["a backslash", "/dev\\..\\a"],
    ["a fragment", "/dev/a#b"],
    ["a byte above ASCII", "/dev/\u00e9"],
    ["a space", "/dev/a b"],
    // AWS answers 400, and the function is not called: nestjsx/crud#255, yezyilomo/django-restql#279.
    ["a bar in the query", "/dev/a?filter=a|b"],
    ["braces in the query", "/dev/a?query={id}"],
    ["a quotation mark in the query", '/dev/a?q="a"'],
    ["a backslash in the query", "/dev/a?q=a\\b"],
    ["an absolute form", "https://localhost/dev/mymodel"],
    ["an asterisk", "*"],
    ["nothing", ""],
  ];
  for (const [attack, target] of refused)
    it(`rejects ${attack}: ${JSON.stringify(target)}`, () => expect(parseTarget(target)).to.equal(undefined));

  for (const target of [
    "/dev/...",
    "/dev/.well-known/x",
    "/dev/a..b",
    "/dev//a",
    "/",
    "/dev/a?ids[]=1",
    "/dev/%E2%82%AC",
  ])
    it(`takes ${target}`, () => expect(parseTarget(target)?.path).to.equal(target.split("?")[0]));

  it("splits the query of a REST API at a semicolon, too", () => {
    expect(parseRestQuery("a=X;Y&b=%3B")).to.deep.equal([
      ["a", "X"],
      ["Y", ""],
      ["b", ";"],
    ]);
    expect(parseQuery("a=X;Y")).to.deep.equal([["a", "X;Y"]]);
  });

  it("takes off the stage, and no other", () => {
    expect(withoutStage("/dev/mymodel", "dev")).to.equal("/mymodel");
    expect(withoutStage("/dev/", "dev")).to.equal("/");
    expect(withoutStage("/dev", "dev")).to.equal("/");
    for (const path of ["/devel/mymodel", "/prod/mymodel", "/mymodel", "//dev/mymodel", "/DEV/mymodel"])
      expect(withoutStage(path, "dev"), path).to.equal(undefined);
  });

  it("reads a query as API Gateway does", () => {
    expect(parseQuery("a=1&a=2&&b=x+y%2Bz&flag&=v&%41=c")).to.deep.equal([
      ["a", "1"],
      ["a", "2"],
      ["b", "x y+z"],
      ["flag", ""],
      ["", "v"],
      ["A", "c"],
    ]);
  });
});
