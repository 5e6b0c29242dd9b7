import { expect } from "chai";
import { gzipSync } from "node:zlib";

import { restEvent, start } from "./function";
import { seeded } from "./seeded";

interface Right {
  readonly name: string;
  readonly datatype: string;
  /** Shapes and data that fit, and some that nearly do. */
  readonly shape: readonly string[];
  readonly data: readonly string[];
}

const pair = { shape: ["[1,2]", "[1,2]", "[2,1]", "[0,2]"], data: ["[1,0]", "[[1,0]]", "[1]", "[]", "[[1],[0]]"] };
const list = { shape: ["[2]", "[2]", "[1]", "[0]"], data: ["[1,0]", "[1]", "[]", "[99,-99]"] };
const x = { name: "x", datatype: "FP32" };

const right: Readonly<Record<string, readonly Right[]>> = {
  "identity-fp32": [{ ...x, ...pair }],
  "identity-int64": [{ ...x, ...pair, datatype: "INT64" }],
  "identity-bool": [{ ...x, ...pair, datatype: "BOOL" }],
  "identity-fp16": [{ ...x, ...pair, datatype: "FP16" }],
  "identity-bytes": [{ ...x, ...pair, datatype: "BYTES", data: ['["a","b"]', '[["a","\\u00e9"]]', '["\\ud800",""]'] }],
  add: [
    { ...pair, name: "a", datatype: "FP32" },
    { ...pair, name: "b", datatype: "FP32" },
  ],
  gather: [{ ...list, name: "at", datatype: "INT64" }],
  reshape: [
    { ...x, ...list },
    { ...list, name: "shape", datatype: "INT64" },
  ],
  scalar: [{ ...x, shape: ["[]", "[1]"], data: ["1", "[1]", "[[1]]"] }],
  int4: [{ ...x, ...list }],
  zipmap: [{ ...x, ...pair }],
};
const requests = 3000;

describe("Functions: the model function under hostile requests", () => {
  it(`answers ${requests} mutated requests with a result or a 4xx, each with one log line`, async () => {
    const functions = Object.fromEntries(Object.keys(right).map((name) => [name, start([name])]));
    const random = seeded(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

    const numbers = [
      "0",
      "-0",
      "1",
      "-1",
      "1.5",
      "1e400",
      "1e-400",
      "NaN",
      "-Infinity",
      "9223372036854775807",
      "18446744073709551616",
      "4294967296",
      "1e999999999",
      "0.1",
      "00",
      "1e",
      "true",
      "null",
      '"a"',
      "[]",
      "{}",
      "[1,2]",
      '"\\ud800"',
      '"\\u0000"',
    ];
    const keys = [
      "name",
      "shape",
      "datatype",
      "data",
      "parameters",
      "inputs",
      "outputs",
      "instances",
      "id",
      "__proto__",
      "constructor",
      "binary_data_size",
      "x",
    ];
    const words = ["FP32", "INT64", "BYTES", "BOOL", "FP16", "x", "y", "a", "b", "at", "sum", "", "toString"];
    const value = (depth: number): string => {
      const kind = random();
      if (depth > 4 || kind < 0.4) return pick(numbers);
      if (kind < 0.55) return JSON.stringify(pick(words));
      if (kind < 0.8) return `[${Array.from({ length: Math.floor(random() * 5) }, () => value(depth + 1)).join(",")}]`;
      return `{${Array.from({ length: Math.floor(random() * 4) }, () => `"${pick(keys)}":${value(depth + 1)}`).join(",")}}`;
    };
    /** A field of a request: as it should be, mostly. */
    const field = (name: string, right: string): string => `"${name}":${random() < 0.95 ? right : value(3)}`;
    const input = ({ name, shape, datatype, data }: Right): string => {
      const binary = `"parameters":{"binary_data_size":${pick(["8", "16", "0", "-1", "4294967295", ...numbers])}}`;
      const parts = [
        field("name", JSON.stringify(name)),
        field("shape", pick(shape)),
        field("datatype", JSON.stringify(datatype)),
        random() < 0.8 ? field("data", pick(data)) : binary,
      ];
      return `{${parts.sort(() => random() - 0.5).join(",")}}`;
    };
    const body = (model: string): Buffer => {
      const form = random();
      const inputs = right[model]!.map(input).join(",");
      let text = form < 0.1 ? value(0) : `{"inputs":[${inputs}]${random() < 0.1 ? `,"outputs":${value(2)}` : ""}}`;
      if (form > 0.75)
        text = `{"instances":${random() < 0.5 ? pick(["[[1,0]]", "[1,0]", '[["a"]]', "[[1,0],[1]]"]) : value(1)}}`;
      if (random() < 0.2) {
        // Bytes out of place: one is changed, dropped or doubled.
        const at = Math.floor(random() * text.length);
        const odd = pick(["", "{", "]", '"', ",", "\\", "\0", "é", text.slice(at, at + 9)]);
        text = text.slice(0, at) + odd + text.slice(at + Math.floor(random() * 2));
      }
      const bytes = Buffer.from(text);
      if (random() < 0.05) bytes[Math.floor(random() * bytes.length)] = 0xff;
      if (random() < 0.2) return Buffer.concat([bytes, Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]);
      return random() < 0.03 ? gzipSync(bytes) : bytes;
    };

    const statuses = new Map<number, number>();
    for (let count = 0; count < requests; count++) {
      const model = pick(Object.keys(right));
      const sent = body(model);
      const fn = functions[model]!;
      const to = random() < 0.3 ? "/mymodel" : `/v2/models/${random() < 0.97 ? model : "other"}/infer`;
      const headers: Record<string, string> = {};
      if (random() < 0.4)
        headers["Inference-Header-Content-Length"] = pick([
          String(sent.length - 16),
          String(sent.length),
          "0",
          "-1",
          "x",
          "99999",
        ]);
      if (random() < 0.05) headers["Content-Encoding"] = pick(["gzip", "br", "deflate", "x", ""]);
      const { answer, lines } = await fn.send(restEvent("POST", to, sent, headers));
      const told = `${to} ${JSON.stringify(headers)} ${sent.toString("latin1")} → ${answer.body}`;
      expect(answer.statusCode, told).to.be.lessThan(500);
      expect(lines, told).to.have.length(1);
      if (answer.statusCode !== 200) expect(JSON.parse(answer.body), told).to.have.all.keys("error");
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    }
    // Were nearly everything refused for the same first reason, little would have been tried.
    expect(statuses.get(200), "results").to.be.greaterThan(requests / 20);
    expect(statuses.get(400), "refusals").to.be.greaterThan(requests / 5);
    expect(({} as Record<string, unknown>)["shape"], "prototype").to.equal(undefined);
  });

  it("answers bodies at the payload limit, whatever they are full of", async () => {
    const fn = start(["identity-fp32", "identity-bytes"]);
    const fill = (unit: string): string => unit.repeat(Math.floor(4_000_000 / unit.length));
    const bodies = [
      fill("["),
      fill('{"a":'),
      fill("1"),
      fill('"'),
      fill("\\"),
      fill(" "),
      fill("\0"),
      `{"id":"${fill("\\u0041")}"}`,
      `{"inputs":[{"data":${fill("[")}`,
      `{"inputs":[{"data":[${fill("[],")}[]],"shape":[2],"name":"x","datatype":"FP32"}]}`,
      `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[${fill("1")}]}]}`,
      `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[0.${fill("0")}1]}]}`,
      `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1e${fill("9")}]}]}`,
      `{"parameters":{${Array.from({ length: 300_000 }, (_, index) => `"${index}":0`).join(",")}}}`,
      `{"instances":[${fill("[1],")}[1,2]]}`,
      `{"instances":[${fill("[],")}[]]}`,
      `{"instances":${fill("[")}`,
      `{"instances":[${fill("[")}`,
    ];
    for (const body of bodies) {
      const reply = await fn.post("/mymodel", body);
      expect(reply.status, body.slice(0, 60)).to.be.within(200, 499);
    }
  });
});
