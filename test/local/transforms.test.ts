import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { modelsWithTransform, writeTypes } from "../../transforms/write-types";
import { type Served, serveStack } from "./served";

const transform = (answer: string) => `import { Refused, type Transform } from "./model";
export default {
  request(body) {
    if (!Array.isArray(body)) throw new Refused("send four numbers", 422);
    return { features: { shape: [1, 4], data: Float32Array.from(body, Number) } };
  },
  response: ({ label }) => ${answer},
} satisfies Transform;
`;

describe("a local run with a transform", () => {
  const folder = mkdtempSync(join(tmpdir(), "models-"));
  const file = join(folder, "mymodel/transform.ts");
  const set = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false, modelsFolder: folder };
  let served: Served | undefined;
  before(() => {
    mkdirSync(join(folder, "mymodel"));
    cpSync(join(projectRoot, "models/mymodel/model.onnx"), join(folder, "mymodel/model.onnx"));
    writeFileSync(file, "");
    writeTypes(folder, modelsWithTransform(folder));
  });
  afterEach(async () => {
    await served?.run.close();
    served = undefined;
  });
  after(() => rmSync(folder, { recursive: true }));

  const call = async (body: string) => {
    const headers = { "x-api-key": served!.run.credentials.apiKey!, "content-type": "application/json" };
    const { status, text } = await served!.call("POST", "/mymodel", { headers, body });
    return [status, text];
  };

  it("serves it, takes up a change without a restart, and keeps it while a change is broken", async () => {
    writeFileSync(file, transform("({ class: Number(label.data[0]) })"));
    served = await serveStack(set);
    expect(await call("[6.7, 3, 5.2, 2.3]")).to.deep.equal([200, '{"class":2}']);
    expect(await call("{}")).to.deep.equal([422, '{"error":"send four numbers"}']);
    writeFileSync(file, transform("`class ${String(label.data[0])}`"));
    await served.run.reload();
    expect(await call("[6.7, 3, 5.2, 2.3]")).to.deep.equal([200, '"class 2"']);
    for (const [source, fault] of [
      [transform("(=>"), /mymodel\/transform\.ts:7:29: Unexpected "=>"/],
      [
        `import { env } from "node:process"; ${transform("String(env.HOME)")}`,
        /mymodel\/transform\.ts:1: imports node:process, which a transform may not/,
      ],
      [
        "export default { request: null.x };",
        /^model mymodel: it cannot be loaded: .*TypeError at \S*mymodel\/transform\.ts:1:/,
      ],
    ] as const) {
      writeFileSync(file, source);
      const refused = await served.run.reload().then(
        () => "",
        (error: Error) => error.message,
      );
      expect(refused).to.match(fault);
      expect(await call("[6.7, 3, 5.2, 2.3]")).to.deep.equal([200, '"class 2"']);
    }
  });

  it("logs a failing one by its place, and nothing of the request", async () => {
    writeFileSync(file, transform("{ throw new Error(String(label.data[0]) + 'quoted'); }"));
    served = await serveStack(set);
    const [status, text] = await call("[6.7, 3, 5.2, 2.3]");
    expect(status).to.equal(500);
    expect(text).to.match(/^\{"error":"internal error; request [\w-]+"\}$/);
    const log = served.lines.find((line) => line.includes("transform-failed"))!;
    expect(log).to.match(/"cause":"Error at [^"]*mymodel\/transform\.ts:7:36[^"]*"/);
    expect(served.lines.join("\n")).not.to.include("quoted");
  });

  for (const [what, source, fault] of [
    ["does not build", transform("(=>"), /mymodel\/transform\.ts:7:29: Unexpected "=>"/],
    ["does not load", "export default {};", /its transform has neither request nor response/],
  ] as const)
    it(`stops with one line when it ${what}`, async () => {
      writeFileSync(file, source);
      const said = await serveStack(set).then(
        (started) => (served = started).run.ca,
        (error: Error) => error.message,
      );
      expect(said).to.match(fault).and.not.to.include("\n");
    });
});
