import { expect } from "chai";
import { readModels } from "../../../infra/function/models";
import { type Reply, type Started, start } from "../function";
import { folderOf, startTransform, startWith } from "./a-model";

/** Stands for what must not be logged. */
const secret = "4111111111111111";

describe("Transforms: errors", () => {
  let running: (Started & { remove(): void }) | undefined;
  const serve = (...given: Parameters<typeof startTransform>): Started => (running = startTransform(...given));
  afterEach(() => {
    running?.remove();
    running = undefined;
  });

  /** The reply of the shipped model to a body, with a transform whose `request` is this code. */
  const requesting = (code: string, body: unknown = { card: secret }): Promise<Reply> =>
    serve(`import { Refused } from "./model"; export default { request(body, context) { ${code} } }; Refused;`).post(
      "/mymodel",
      body,
    );

  const responding = (code: string): Promise<Reply> =>
    serve(
      `export default {
         request: () => ({ features: { shape: [1, 4], data: new Float32Array(4) } }),
         response(outputs, context) { ${code} },
       }`,
    ).post("/mymodel", { card: secret });

  /** What anyone gets for a mistake of the transform, and nothing of the request. */
  const expectFault = (reply: Reply, cause: string | RegExp): void => {
    expect(reply.status, reply.text).to.equal(500);
    expect(reply.json).to.deep.equal({ error: "internal error; request request-1" });
    expect(reply.log).to.include({ level: "error", code: "transform-failed", status: 500 });
    if (typeof cause === "string") expect(reply.log["cause"]).to.equal(cause);
    else expect(reply.log["cause"]).to.match(cause);
    expect(JSON.stringify(reply.log)).not.to.include(secret);
  };

  it("refuses with the status and text that it chose, which are not logged", async () => {
    const plain = await requesting("throw new Refused('no such card: ' + body.card)");
    expect([plain.status, plain.json]).to.deep.equal([400, { error: `no such card: ${secret}` }]);
    expect(plain.log).to.include({ level: "info", code: "refused-by-transform", status: 400 });
    expect(JSON.stringify(plain.log)).not.to.include(secret);
    const chosen = await requesting("throw new Refused('send a PNG', 415)");
    expect([chosen.status, chosen.json]).to.deep.equal([415, { error: "send a PNG" }]);
    const late = await responding("throw Object.assign(new Error('x'.repeat(5000)), { name: 'Refused', status: 422 })");
    expect([late.status, String(late.json["error"]).length]).to.deep.equal([422, 1000]);
  });

  for (const status of ["200", "302", "500", "399", "400.5", "NaN", "'404'"])
    it(`takes no status ${status} for a refusal`, async () => {
      expectFault(
        await requesting(`throw new Refused("mine", ${status})`),
        "Refused was thrown with a status that is not from 400 to 499",
      );
    });

  it("says in the log where any other error was thrown, by source, line and column, and never its message", async () => {
    const source = [
      "const deep = (body) => {",
      "  throw new TypeError(body.card);",
      "};",
      "export default { request: (body) => deep(body) };",
    ].join("\n");
    const reply = await serve(source).post("/mymodel", { card: secret });
    expectFault(reply, /^TypeError at \S*mymodel\/transform\.ts:2:9 at \S*mymodel\/transform\.ts:4:37$/);
  });

  for (const [what, code, cause] of [
    [
      "an error whose name and stack quote the request",
      "const e = new Error(); e.name = body.card; e.stack = body.card; throw e",
      "Error",
    ],
    ["a value that is no error", "throw body.card", "something that is no Error was thrown"],
    ["a rejection", "return Promise.reject(new RangeError(body.card))", /^RangeError at \S+transform\.ts:1:\d+$/],
    ["endless recursion", "const f = () => f() + 1; f()", /^RangeError at /],
    ["process.env", "process.env.HOME", /^TypeError at \S+transform\.ts:1:\d+/],
    ["a call of the network", "return fetch('https://example.com/' + body.card)", /^TypeError at /],
    ["a module of Node's by a computed name", "require(['f', 's'].join(''))", /^Error at /],
    ["the global object's process", "globalThis.process.exit(1)", /^TypeError at /],
  ] as const)
    it(`answers 500 for ${what}`, async () => {
      expectFault(await requesting(code), cause);
    });

  it("prints nothing by console", async () => {
    running = startTransform(
      "export default { request(body) { console.log(body.card); console.error(body); throw new Error() } }",
    );
    const { lines } = await running.send({
      httpMethod: "POST",
      path: "/mymodel",
      resource: "/mymodel",
      body: `{"card":"${secret}"}`,
    });
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).not.to.include(secret);
  });

  for (const [code, cause] of [
    ["return undefined", "request gave no object of tensors by name: features"],
    ["return {}", "request did not give the input features"],
    ["return Object.create({ features: 1 })", "request did not give the input features"],
    ["return { features: 1, [body.card]: 2 }", "request gave an input that the model does not have; it has features"],
    ["return { features: [1] }", "request gave features as something else than { shape, data }"],
    ["return { features: { data: new Float32Array(4) } }", "request gave features without a shape, a list of sizes"],
    [
      "return { features: { shape: [1, -4], data: new Float32Array(4) } }",
      "request gave features without a shape, a list of sizes",
    ],
    [
      "return { features: { shape: [1, 4], data: [1, 2, 3, 4] } }",
      "request gave features with data that is no Float32Array",
    ],
    [
      "return { features: { shape: [1, 4], data: new Float64Array(4) } }",
      "request gave features with data that is no Float32Array",
    ],
    [
      "return { features: { shape: [1, 4], data: new Float32Array(3) } }",
      "request gave features with 3 elements in the shape [1, 4]",
    ],
    [
      "return { features: { shape: [2, 2], data: new Float32Array(4) } }",
      "request gave features in the shape [2, 2], where the model has [-1, 4]",
    ],
    [
      "return { features: { shape: [4], data: new Float32Array(4) } }",
      "request gave features in the shape [4], where the model has [-1, 4]",
    ],
  ] as const)
    it(`takes tensors that do not fit for the operator's mistake: ${code}`, async () => {
      expectFault(await requesting(code), cause);
    });

  it("takes no texts with NUL, and no numbers in their place", async () => {
    const text = (data: string) =>
      startWith({
        mine: {
          from: "identity-bytes",
          files: { "transform.ts": `export default { request: () => ({ x: { shape: [1], data: ${data} } }) }` },
        },
      });
    for (const [data, cause] of [
      ["[1]", "request gave x with data that is no list of texts"],
      [String.raw`["a\0b"]`, "request gave x with a NUL in a text"],
    ] as const) {
      running = text(data);
      expectFault(await running.post("/mymodel", 1), cause);
      running.remove();
      running = undefined;
    }
  });

  for (const [code, cause] of [
    ["return undefined", "response gave nothing that JSON has"],
    [
      "return outputs.label.data[0]",
      "response gave what JSON does not have, such as a BigInt (use Number or String) or a cycle",
    ],
    [
      "const a = []; a.push(a); return a",
      "response gave what JSON does not have, such as a BigInt (use Number or String) or a cycle",
    ],
    ["return new Uint8Array(1)", "response gave bytes without their type: return { contentType, body }"],
    ["return { body: new Uint8Array(1) }", "response gave bytes with a contentType that is no media type"],
    [
      String.raw`return { body: new Uint8Array(1), contentType: "image/png\r\nSet-Cookie: a=b" }`,
      "response gave bytes with a contentType that is no media type",
    ],
    ["return outputs.missing.data", /^TypeError at \S+transform\.ts:3:\d+$/],
  ] as const)
    it(`takes an answer that is none for the operator's mistake: ${code}`, async () => {
      expectFault(await responding(code), cause);
    });

  describe("in the body", () => {
    for (const [what, body] of [
      ["no JSON", "{"],
      ["a second value", "1 2"],
      ["nothing", ""],
      ["text that is not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
      ["nesting without end", "[".repeat(100_000) + "]".repeat(100_000)],
      ["a member called __proto__", '{"a":{"__proto__":{"admin":true}}}'],
      ["the same in escapes", String.raw`{"\u005f_proto_\u005F":{"admin":true}}`],
      ["a member twice", '{"a":1,"a":2}'],
      ["a number that JSON does not have", "[NaN]"],
    ] as const)
      it(`answers 400 for ${what}, before the transform runs`, async () => {
        const reply = await requesting("return Object.assign({}, body)", body);
        expect(reply.status, reply.text).to.equal(400);
        expect(reply.log["code"]).to.be.oneOf(["malformed-json", "invalid-request"]);
      });
  });

  it("does not run another code than the pinned one, and then has no model", async () => {
    const directory = folderOf({ mymodel: { files: { "transform.ts": "export default { request: () => 1 }" } } });
    const { manifest, transforms } = readModels(directory);
    const beside = { ...transforms, "transforms/mymodel.js": `${transforms["transforms/mymodel.js"]!} ` };
    const reply = await start(["mymodel"], { directory, manifest, beside }).post("/mymodel", 1);
    expect(reply.status).to.equal(503);
    expect(reply.log["cause"]).to.include("transforms/mymodel.js is not the pinned file");
  });

  for (const [what, source, cause] of [
    [
      "throws while it is loaded",
      `export default { request: null.x }; const secret = "${secret}"; secret;`,
      /its transform cannot be loaded: TypeError at \S+transform\.ts:1:\d+/,
    ],
    ["exports nothing", "export const request = 1", "its transform has neither request nor response"],
    ["exports no functions", "export default { request: 1 }", "its transform has neither request nor response"],
  ] as const)
    it(`has no model whose transform ${what}`, async () => {
      const reply = await serve(source).post("/mymodel", 1);
      expect(reply.status).to.equal(503);
      expect(reply.log["cause"]).to.match(cause instanceof RegExp ? cause : new RegExp(cause));
    });
});
