import { expect } from "chai";
import type { Cell } from "../../access-matrix/matrix";
import { isRefusal, isResult } from "../../verify/bodies";
import type { Answer } from "../../verify/client";
import { compared } from "../../verify/outcome";
import { Pace, rateFor } from "../../verify/pace";

const route = { method: "POST", path: "/v2/models/{model}/infer", mock: false } as Cell["route"];
const result = JSON.stringify({ model_name: "mymodel", outputs: [{ name: "label", data: [0] }] });
const refusal = JSON.stringify({ error: "Forbidden", message: "Forbidden" });

type Expected = Partial<Pick<Cell, "location" | "credential">> & Pick<Cell, "status">;

function outcome(expected: Expected, answer: Partial<Answer>): string {
  const cell = { location: "route" as const, credential: { name: "nothing" }, route, ...expected };
  return compared(cell, { status: 200, body: result, handshake: false, ...answer }).outcome;
}

describe("Verification: an answer", () => {
  const cases: readonly [what: string, expected: Expected, answer: Partial<Answer>, outcome: string][] = [
    ["that lets in as expected", { status: 200 }, {}, "as expected"],
    ["of 200 without a result", { status: 200 }, { body: refusal }, "otherwise"],
    ["of a function's error", { status: 200 }, { status: 502, body: refusal }, "otherwise"],
    ["that refuses who may call", { status: 200 }, { status: 403, body: refusal }, "less"],
    ["that closes the connection of who may call", { status: 200 }, { status: "no answer" }, "less"],
    ["that refuses as expected", { status: 403 }, { status: 403, body: refusal }, "as expected"],
    ["that refuses with another status", { status: 403 }, { status: 401, body: refusal }, "otherwise"],
    ["that lets in who may not call", { status: 403 }, {}, "more"],
    ["of a function that was reached by who may not call", { status: 403 }, { status: 400, body: refusal }, "more"],
    ["of a function that failed for who may not call", { status: 401 }, { status: 502, body: refusal }, "more"],
    ["of a refusal's status with a result", { status: 403 }, { status: 403 }, "more"],
    ["to who should get none", { status: "no answer" }, { status: 200 }, "more"],
    ["that refuses who should get none", { status: "no answer" }, { status: 403, body: refusal }, "otherwise"],
    [
      "that closes the connection of a certificate that is not trusted",
      { status: 403, credential: { name: "", certificate: "expired certificate" } },
      { status: "no answer" },
      "as expected",
    ],
    [
      "to an old TLS version whose handshake was completed, whatever came after it",
      { status: "no answer", location: "older TLS" },
      { status: "no answer", handshake: true },
      "more",
    ],
    [
      "to an old TLS version: none",
      { status: "no answer", location: "older TLS" },
      { status: "no answer" },
      "as expected",
    ],
  ];
  for (const [what, expected, answer, wanted] of cases)
    it(`${what} is ${wanted}`, () => expect(outcome(expected, answer)).to.equal(wanted));

  it("is a result if it has the form that its route promises", () => {
    const get = (path: string, body: unknown) => isResult({ method: "GET", path, mock: false }, JSON.stringify(body));
    expect(get("/v2", { name: "model-serving" })).to.equal(true);
    expect(get("/v2/health/live", { live: true })).to.equal(true);
    expect(get("/v1/models/{model}", { model_version_status: [{ state: "AVAILABLE" }] })).to.equal(true);
    expect(get("/v1/models/{model}", { name: "mymodel" })).to.equal(false);
    const predict = (body: unknown) =>
      isResult({ method: "POST", path: "/v1/models/{model}", mock: false }, JSON.stringify(body));
    expect([{ outputs: [[1]] }, { outputs: 0 }, { predictions: [] }, { error: "no" }].map(predict)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    expect(get("/v2/health/live", { live: false })).to.equal(false);
    expect(get("/v2/models/{model}/ready", { ready: true })).to.equal(true);
    expect(get("/v2/models/{model}", { name: "mymodel" })).to.equal(false);
    expect(get("/v2/models/{model}", { name: "mymodel", inputs: [] })).to.equal(true);
    expect(isResult({ method: "OPTIONS", path: "/v2", mock: true }, "")).to.equal(true);
    expect(isResult({ method: "POST", path: "/v2/repository/index", mock: false }, "[]")).to.equal(true);
  });

  it("is a refusal if it says nothing but a message", () => {
    for (const body of ["", refusal, '{"message":null}', '{"Message":"no"}'])
      expect(isRefusal(body), body).to.equal(true);
    for (const body of [
      "no JSON",
      '{"message":{"a":1}}',
      '{"message":"no","stack":"at"}',
      `{"message":"${"x".repeat(2_000)}"}`,
    ])
      expect(isRefusal(body), body).to.equal(false);
  });
});

describe("Verification: the rate", () => {
  it("stays below what raises an alarm on refusals, where there is one", () => {
    expect(rateFor({ alarms: "false", refusalsPerMinute: "60" })).to.equal(8);
    expect(rateFor({ alarms: "true", refusalsPerMinute: "60" })).to.equal(0.8);
    expect(rateFor({ alarms: "true", refusalsPerMinute: "60000" })).to.equal(8);
  });

  it("is kept", async () => {
    const pace = new Pace(50);
    const started = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => pace.turn()));
    // Five intervals of 20 ms; a timer may be early by one.
    expect(performance.now() - started).to.be.at.least(95);
  });
});
