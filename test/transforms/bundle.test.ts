import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { ModelManifest } from "../../contract";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Archive, type Graph, ofType } from "../../graph/resource";

const model = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

const plain = "export default { request: () => 1 };";

function upload(graph: Graph, name: string): Record<string, { asset: { text?: string; path?: string } }> {
  const object = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find((each) => each.name === name)!;
  return ((object.inputs.source as Archive).archive as { files: never }).files;
}

function manifestOf(graph: Graph): ModelManifest {
  return JSON.parse(upload(graph, "model-code")["models.json"]!.asset.text!) as ModelManifest;
}

describe("Infrastructure: transforms", () => {
  const root = mkdtempSync(join(tmpdir(), "transforms-"));
  let made = 0;
  after(() => rmSync(root, { recursive: true }));

  /** A folder with one model, `mine`, and these files beside it. */
  function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = join(root, String(made++), "models");
    mkdirSync(join(folder, "mine"), { recursive: true });
    for (const [path, text] of Object.entries({ "model.onnx": model, ...files })) {
      mkdirSync(dirname(join(folder, "mine", path)), { recursive: true });
      writeFileSync(join(folder, "mine", path), text);
    }
    return folder;
  }

  const evaluated = (modelsFolder: string): Promise<Graph> =>
    evaluate({ stack: "dev", set: { auth0Authorizer: false, httpApi: false, modelsFolder } });

  /** What the program says of a folder that it does not take. */
  const refusal = (folder: string): Promise<string> =>
    evaluated(folder).then(
      () => "",
      (error: Error) => error.message,
    );

  it("lie beside the function's code, pinned by digest; the layer has none of their files", async () => {
    const graph = await evaluated(
      folderWith({
        "transform.ts":
          'import labels from "./labels.json"; import v from "./v.txt"; import w from "./w.bin"; export default { request: () => [labels, v, w] };',
        "model.ts": "export {}",
        "labels.json": '["a"]',
        "v.txt": "v",
        "w.bin": "w",
        "weights.bin": "weights",
        "example.json": "1",
        "node_modules/x/index.js": "",
        "package.json": "{}",
      }),
    );
    const code = upload(graph, "model-code");
    expect(Object.keys(code).sort()).to.deep.equal([
      "model.js",
      "models.json",
      "transforms/mine.js",
      "transforms/mine.js.map",
    ]);
    const { transform, files } = manifestOf(graph).models["mine"]!;
    expect(transform).to.equal(sha256(code["transforms/mine.js"]!.asset.text!));
    expect(files.map(({ path }) => path)).to.deep.equal(["model.onnx", "weights.bin"]);
    expect(Object.keys(upload(graph, "model-models"))).to.deep.equal([
      "models/mine/model.onnx",
      "models/mine/weights.bin",
    ]);
    expect(code["transforms/mine.js.map"]!.asset.text).not.to.include("sourcesContent");
  });

  it("change their own digest, and never the model's", async () => {
    const [one, other, none] = await Promise.all(
      [{ "transform.ts": plain }, { "transform.ts": plain.replace("1", "2") }, {}].map(
        async (files) => manifestOf(await evaluated(folderWith(files as Record<string, string>))).models["mine"]!,
      ),
    );
    expect(one!.transform).not.to.equal(other!.transform);
    expect(new Set([one, other, none].map((model) => model!.digest))).to.deep.equal(new Set([sha256(model)]));
    expect(none).not.to.have.property("transform");
  });

  it("are the same bytes wherever the folder lies, and however deep", async () => {
    const first = folderWith({
      "transform.ts": 'import { f } from "./lib/f"; export default { request: f };',
      "lib/f.ts": "export const f = () => __filename;",
    });
    const second = join(root, "some/where/else");
    cpSync(first, second, { recursive: true });
    const [one, other] = await Promise.all(
      [first, second].map(async (folder) => upload(await evaluated(folder), "model-code")["transforms/mine.js"]),
    );
    expect(one).to.deep.equal(other);
  });

  it("have the packages of their own folder, and the project's", async () => {
    const folder = folderWith({
      "transform.ts":
        'import { x } from "x"; import { Validator } from "@cfworker/json-schema"; export default { request: () => [x, Validator] };',
      "node_modules/x/package.json": '{"name":"x","version":"1.0.0","main":"index.js"}',
      "node_modules/x/index.js": 'exports.x = "of its own folder"; require("node:zlib");',
    });
    const { text } = upload(await evaluated(folder), "model-code")["transforms/mine.js"]!.asset;
    expect(text)
      .to.include("of its own folder")
      .and.to.match(/require\("node:zlib"\)/);
  });

  for (const name of [
    "fs",
    "node:fs/promises",
    "child_process",
    "http",
    "net",
    "worker_threads",
    "process",
    "os",
    "vm",
    "module",
    "inspector",
  ])
    it(`import no ${name}`, async () => {
      const folder = folderWith({
        "transform.ts": `// One line.\nimport * as it from "${name}";\nexport default { request: () => it };`,
      });
      expect(await refusal(folder)).to.match(
        new RegExp(
          `mine/transform\\.ts:2: imports ${name}, which a transform may not: a transform reaches no files, network, processes or environment; of Node's modules it may import assert, `,
        ),
      );
    });

  it("import nothing of the kind by way of a package, by require or while they run", async () => {
    const index = (code: string) => ({
      "transform.ts": 'import "x"; export default { request: () => 1 };',
      "node_modules/x/index.js": code,
    });
    expect(await refusal(folderWith(index('module.exports = require("fs");')))).to.match(
      /mine\/node_modules\/x\/index\.js:1: imports fs, which/,
    );
    expect(
      await refusal(folderWith({ "transform.ts": 'export default { request: () => import("node:child_process") };' })),
    ).to.match(/mine\/transform\.ts:1: imports node:child_process, which/);
    expect(
      await refusal(
        folderWith({
          "transform.ts": 'import x from "https://example.com/x.js"; export default { request: () => x };',
        }),
      ),
    ).to.match(
      /mine\/transform\.ts:1: imports https:\/\/example\.com\/x\.js, which a transform may not: it is no file or package/,
    );
  });

  it("have no file from outside their folder, neither by a path nor by a link", async () => {
    writeFileSync(join(root, "secret.json"), '"secret"');
    for (const path of ["../../../secret.json", join(root, "secret.json")]) {
      const folder = folderWith({ "transform.ts": `import s from "${path}";\nexport default { request: () => s };` });
      expect(await refusal(folder)).to.match(
        /mine\/transform\.ts:1: imports \S*secret\.json, which is not in the model's folder: copy it there/,
      );
    }
    const linked = folderWith({ "transform.ts": 'import s from "./s.json"; export default { request: () => s };' });
    symlinkSync(join(root, "secret.json"), join(linked, "mine/s.json"));
    expect(await refusal(linked)).to.match(/imports \S*secret\.json, which is not in the model's folder/);
    const beside = folderWith({
      "transform.ts": 'import s from "./node_modules/x/s.json"; export default { request: () => s };',
      "node_modules/x/s.json": "1",
    });
    expect(await refusal(beside)).to.match(/imports \S*s\.json, which is not in the model's folder/);
    const through = folderWith({
      "transform.ts": 'import "x"; export default { request: () => 1 };',
      "node_modules/x/index.js": 'require("../../../../../secret.json")',
    });
    expect(await refusal(through)).to.match(
      /node_modules\/x\/index\.js:1: imports \S*secret\.json, which is not in the model's folder/,
    );
  });

  it("may lie in a folder that is reached by a link", async () => {
    const link = join(root, "link");
    symlinkSync(
      folderWith({ "transform.ts": 'import l from "./l.json"; export default { request: () => l };', "l.json": "1" }),
      link,
    );
    expect(manifestOf(await evaluated(link)).models["mine"]).to.have.property("transform");
  });

  it("say where they do not build, and what is missing", async () => {
    expect(await refusal(folderWith({ "transform.ts": "export default {\n  request: (=> 1,\n};" }))).to.match(
      /mine\/transform\.ts:2:13: Unexpected "=>"/,
    );
    expect(await refusal(folderWith({ "transform.ts": 'import "@a/b/c"; export default {};' }))).to.match(
      /mine\/transform\.ts:1:8: Could not resolve "@a\/b\/c": npm install @a\/b$/,
    );
    expect(
      await refusal(
        folderWith({ "transform.ts": 'import { Refused } from "./model"; export default { r: Refused };' }),
      ),
    ).to.match(/mine\/transform\.ts:1:25: Could not resolve "\.\/model": npm run types writes it$/);
  });

  it("have at most 5 MB", async () => {
    const folder = folderWith({
      "transform.ts": 'import t from "./t.txt"; export default { request: () => t };',
      "t.txt": "x".repeat(5 * 1024 * 1024),
    });
    expect(await refusal(folder)).to.match(
      /mine\/transform\.ts: with all that it imports it has 6 MB, and may have 5: put large tables into the model/,
    );
  });
});
