import { expect } from "chai";
import { Router } from "../../../local/gateway/request/routing";

function router(...routes: string[]): Router<{ method: string; path: string }> {
  return new Router(
    routes.map((route) => {
      const [method, path] = route.split(" ");
      return { method: method!, path: path! };
    }),
  );
}

const api = router(
  "POST /mymodel",
  "GET /",
  "GET /v2",
  "GET /v2/models/{model}",
  "POST /v2/models/{model}/infer",
  "GET /v2/models/special",
  "GET /files/{proxy+}",
  "ANY /any",
  "OPTIONS /{all+}",
  "GET /{top}/leaf",
);

const matches: [method: string, path: string, route: string | undefined, parameters?: Record<string, string>][] = [
  ["POST", "/mymodel", "POST /mymodel"],
  ["POST", "/mymodel/", "POST /mymodel"],
  ["POST", "/mymodel//", undefined],
  ["POST", "//mymodel", undefined],
  ["GET", "/mymodel", undefined],
  ["GET", "/", "GET /"],
  ["GET", "/v2/models/iris", "GET /v2/models/{model}", { model: "iris" }],
  ["GET", "/v2/models/iris/", "GET /v2/models/{model}", { model: "iris" }],
  ["GET", "/v2/models//", undefined],
  ["GET", "/v2/models/a%2Fb", "GET /v2/models/{model}", { model: "a%2Fb" }],
  ["GET", "/v2/models/special", "GET /v2/models/special"],
  // The static segment has no POST below it: the variable's branch is tried next.
  ["POST", "/v2/models/special/infer", "POST /v2/models/{model}/infer", { model: "special" }],
  ["GET", "/files/a/b//c", "GET /files/{proxy+}", { proxy: "a/b//c" }],
  ["GET", "/files/a/", "GET /files/{proxy+}", { proxy: "a" }],
  ["GET", "/files", undefined],
  ["DELETE", "/any", "ANY /any"],
  // No OPTIONS on the resource itself: the greedy one answers (recorded on AWS).
  ["OPTIONS", "/mymodel", "OPTIONS /{all+}", { all: "mymodel" }],
  ["GET", "/x/leaf", "GET /{top}/leaf", { top: "x" }],
  ["GET", "/MYMODEL", undefined],
];

describe("The router of a REST API:", () => {
  for (const [method, path, route, parameters = {}] of matches)
    it(`${method} ${path} goes to ${route ?? "no route"}`, () => {
      const match = api.match(method, path);
      expect(match && `${match.route.method} ${match.route.path}`).to.equal(route);
      if (match) expect(match.pathParameters).to.deep.equal(parameters);
    });

  it("leaves no parameter of a branch that was given up", () => {
    const match = router("GET /{a}/x", "GET /{all+}").match("GET", "/one/two");
    expect(match?.pathParameters).to.deep.equal({ all: "one/two" });
  });

  for (const routes of [["GET /a", "GET /a"], ["GET /{a}", "POST /{b}"], ["GET /{a+}/b"], ["GET /a{b}"]])
    it(`rejects ${routes.join(" with ")}`, () => expect(() => router(...routes)).to.throw(Error));

  it("treats names of the prototype as paths that nobody declared", () => {
    for (const path of ["/__proto__", "/constructor", "/toString"]) expect(api.match("GET", path)).to.equal(undefined);
    expect(api.match("__proto__", "/mymodel")).to.equal(undefined);
  });
});
