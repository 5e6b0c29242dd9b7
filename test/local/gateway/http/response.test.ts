import { expect } from "chai";
import { readHttpResponse } from "../../../../local/gateway/http-api/http-api-integration";

const json: [string, string] = ["content-type", "application/json"];
const plain: [string, string] = ["content-type", "text/plain; charset=utf-8"]; // Recorded on AWS: aws-lambda-dotnet, V2_DefaultsToTextPlainContentType.

describe("The response of an HTTP API's function", () => {
  const taken: [what: string, payload: unknown, status: number, headers: [string, string][], body: string][] = [
    ["an object without statusCode is the body", { a: [1] }, 200, [json], '{"a":[1]}'],
    ["a string is the body", "plain", 200, [json], "plain"],
    ["a list is the body", [1, 2], 200, [json], "[1,2]"],
    ["a number is the body", 7, 200, [json], "7"],
    ["null is the body", null, 200, [json], "null"],
    ["nothing is the body null", undefined, 200, [json], "null"],
    ["an empty object is the body", {}, 200, [json], "{}"],
    ["a status alone", { statusCode: 204 }, 204, [plain], ""],
    ["a status as text", { statusCode: "201", body: "x" }, 201, [plain], "x"],
    ["a body that is a number", { statusCode: 200, body: 5 }, 200, [plain], "5"],
    ["its own content type", { statusCode: 200, headers: { "Content-Type": "a/b" }, body: "x" }, 200, [["Content-Type", "a/b"]], "x"], // oxfmt-ignore
    ["headers of any simple kind", { statusCode: 200, headers: { "content-type": "a/b", "x-n": 1, "x-b": true, "x-0": null } }, 200, [["content-type", "a/b"], ["x-n", "1"], ["x-b", "true"]], ""], // oxfmt-ignore
    ["cookies", { statusCode: 200, cookies: ["a=1", "b=2"] }, 200, [plain, ["set-cookie", "a=1"], ["set-cookie", "b=2"]], ""], // oxfmt-ignore
    ["base64", { statusCode: 200, body: "aGk=", isBase64Encoded: true }, 200, [plain], "hi"],
    ["fields that it does not know are ignored", { statusCode: 200, multiValueHeaders: { a: ["b"] } }, 200, [plain], ""], // oxfmt-ignore
    ["headers that frame the message are dropped", { statusCode: 200, headers: { "Content-Length": "9", "transfer-encoding": "chunked", Connection: "x", "apigw-requestid": "forged" } }, 200, [plain], ""], // oxfmt-ignore
  ];
  for (const [what, payload, status, headers, body] of taken)
    it(`is taken: ${what}`, () => {
      const answer = readHttpResponse(payload);
      if ("malformed" in answer) return expect.fail(answer.malformed);
      expect({ ...answer, body: answer.body.toString() }).to.deep.equal({ status, headers, body });
    });

  const refused: [what: string, payload: object][] = [
    ["a status that is none", { statusCode: 99 }],
    ["an interim status", { statusCode: 101 }],
    ["a status with a fraction", { statusCode: 200.5 }],
    ["a status in words", { statusCode: "OK" }],
    ["null as a status", { statusCode: null }],
    ["headers that are a list", { statusCode: 200, headers: ["a"] }],
    ["a header that is an object", { statusCode: 200, headers: { a: {} } }],
    ["a header with a line break", { statusCode: 200, headers: { a: "b\r\nSet-Cookie: c=d" } }],
    ["a header name with a space", { statusCode: 200, headers: { "a b": "c" } }],
    ["a cookie with a line break", { statusCode: 200, cookies: ["a=1\r\nX: y"] }],
    ["cookies that are not a list", { statusCode: 200, cookies: "a=1" }],
    ["a body that is an object", { statusCode: 200, body: { a: 1 } }],
    ["a body that is not the base64 it says", { statusCode: 200, body: "no!", isBase64Encoded: true }],
  ];
  for (const [what, payload] of refused)
    it(`is rejected: ${what}`, () => {
      expect(readHttpResponse(payload)).to.have.property("malformed").that.is.a("string");
    });
});
