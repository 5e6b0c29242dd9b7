import { expect } from "chai";
import { BadProxyResponse, readProxyResponse } from "../../../local/gateway/rest/proxy-response";

describe("The Lambda proxy response's reader", () => {
  const malformed: [what: string, payload: unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a plain text", "hello"],
    ["a list", [{ statusCode: 200 }]],
    ["an unknown field", { statusCode: 200, Body: "x" }],
    ["a status in words", { statusCode: "ok" }],
    ["a status with a fraction", { statusCode: 200.5 }],
    ["a status of true", { statusCode: true }],
    ["a status of null", { statusCode: null }],
    ["an interim status", { statusCode: 100 }],
    ["a status out of range", { statusCode: 1000 }],
    ["headers that are a list", { statusCode: 200, headers: ["a"] }],
    ["a header that is a list", { statusCode: 200, headers: { a: ["x"] } }],
    ["a header that is an object", { statusCode: 200, headers: { a: {} } }],
    ["multiValueHeaders that are no lists", { statusCode: 200, multiValueHeaders: { a: "x" } }],
    ["a body that is an object", { statusCode: 200, body: {} }],
    ["isBase64Encoded in words", { statusCode: 200, isBase64Encoded: "yes" }],
    ["a line break in a header (response splitting)", { statusCode: 200, headers: { a: "x\r\nSet-Cookie: evil=1" } }],
    ["a line break in a header's name", { statusCode: 200, headers: { "a\r\nb": "x" } }],
    ["a NUL in a header", { statusCode: 200, headers: { a: "x\0" } }],
    ["a header beyond Latin-1", { statusCode: 200, headers: { a: "\u20ac" } }],
  ];
  for (const [what, payload] of malformed)
    it(`rejects ${what}`, () => {
      expect(() => readProxyResponse(payload, false))
        .to.throw(BadProxyResponse)
        .with.property("kind", "malformed");
    });

  const fine: [what: string, payload: unknown, status: number, headers: string[][], body: string][] = [
    ["a status as text", { statusCode: "201" }, 201, [["Content-Type", "application/json"]], ""],
    [
      "no status",
      { headers: { a: "b" } },
      200,
      [
        ["Content-Type", "application/json"],
        ["a", "b"],
      ],
      "",
    ],
    [
      "headers of null",
      { statusCode: 200, headers: null, multiValueHeaders: null, body: null },
      200,
      [["Content-Type", "application/json"]],
      "",
    ],
    [
      "headers of other types",
      { headers: { a: true, b: 1, c: null } },
      200,
      [
        ["Content-Type", "application/json"],
        ["a", "true"],
        ["b", "1"],
      ],
      "",
    ],
    [
      "an own content type",
      { headers: { "content-type": "text/plain" }, body: "x" },
      200,
      [["content-type", "text/plain"]],
      "x",
    ],
    [
      "one name in both headers: several first, in their casing",
      { headers: { "x-a": "3" }, multiValueHeaders: { "X-A": ["1", "2"], "Content-Type": ["a/b"] } },
      200,
      [
        ["X-A", "1"],
        ["X-A", "2"],
        ["Content-Type", "a/b"],
        ["X-A", "3"],
      ],
      "",
    ],
    ["a body of a number", { body: 5 }, 200, [["Content-Type", "application/json"]], "5"],
  ];
  for (const [what, payload, status, headers, body] of fine)
    it(`takes ${what}`, () => expect(readProxyResponse(payload, false)).to.deep.equal({ status, headers, body }));

  for (const name of [
    "Authorization",
    "Connection",
    "Content-Length",
    "Date",
    "Server",
    "WWW-Authenticate",
    "Keep-Alive",
    "Upgrade",
    "TE",
    "Expect",
    "x-amzn-RequestId",
  ])
    it(`renames ${name}`, () => {
      const { headers } = readProxyResponse({ headers: { [name]: "v" } }, false);
      expect(headers.map(([sent]) => sent)).to.deep.equal(["Content-Type", `x-amzn-Remapped-${name}`]);
    });

  it("does not deliver Transfer-Encoding, in any casing", () => {
    for (const name of ["Transfer-Encoding", "transfer-encoding"])
      expect(() => readProxyResponse({ headers: { [name]: "chunked" } }, false))
        .to.throw(BadProxyResponse)
        .with.property("kind", "undeliverable");
  });

  it("decodes base64 only for a caller that accepts binary", () => {
    const payload = { statusCode: 200, body: "AAEC", isBase64Encoded: true };
    expect(readProxyResponse(payload, true).body).to.deep.equal(Buffer.from([0, 1, 2]));
    expect(readProxyResponse(payload, false).body).to.equal("AAEC");
    expect(readProxyResponse({ ...payload, isBase64Encoded: false }, true).body).to.equal("AAEC");
  });

  for (const body of ["AAE", "AA*C", "AAEC\n", "A==="])
    it(`does not deliver ${JSON.stringify(body)} as base64`, () =>
      expect(() => readProxyResponse({ body, isBase64Encoded: true }, true))
        .to.throw(BadProxyResponse)
        .with.property("kind", "undeliverable"));
});
