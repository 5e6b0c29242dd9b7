import { expect } from "chai";
import { restRules, Router } from "../../../local/gateway/request/routing";

interface Route {
  readonly method: string;
  readonly path: string;
}

function routesOf(routes: readonly string[]): Route[] {
  return routes.map((route) => {
    const [method, path] = route.split(" ");
    return { method: method!, path: path! };
  });
}

function router(...routes: string[]): Router<Route> {
  return new Router(routesOf(routes));
}

const restRouter = (...routes: string[]): Router<Route> => new Router(routesOf(routes), restRules);

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

  for (const routes of [
    ["GET /{x}", "GET /{proxy+}"],
    ["GET /a/{proxy+}", "GET /a/{x}/b"],
    ["GET /a\\b"],
    ["GET /a~b"],
  ])
    it(`rejects ${routes.join(" with ")} in a REST API`, () => {
      expect(() => restRouter(...routes)).to.throw(Error);
      expect(() => router(...routes)).not.to.throw();
    });

  it("takes a greedy variable below a variable, and what else API Gateway takes in a segment", () => {
    expect(() => restRouter("GET /{x}/{proxy+}", "GET /a.b-c_d:e,f")).not.to.throw();
  });

  it("takes ANY of a REST API for seven methods", () => {
    const any = restRouter("ANY /any", "ANY /files/{proxy+}");
    for (const method of ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
      expect(any.match(method, "/any")?.route.method, method).to.equal("ANY");
    for (const method of ["TRACE", "PROPFIND", "get", "ANY"])
      for (const path of ["/any", "/files/a"]) expect(any.match(method, path)?.route, method).to.equal(undefined);
  });

  it("treats names of the prototype as paths that nobody declared", () => {
    for (const path of ["/__proto__", "/constructor", "/toString"]) expect(api.match("GET", path)).to.equal(undefined);
    expect(api.match("__proto__", "/mymodel")).to.equal(undefined);
  });
});
