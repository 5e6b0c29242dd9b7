import { expect } from "chai";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Graph, Resource } from "../../../graph/resource";
import { deploy, type Deployment, type DeployOptions } from "../../../local/functions/deploy";
import { removeUnused } from "../../../local/functions/code/folder";
import { archive, arnOf, graphOf, lambda, resource } from "./program";
import { arnsOf } from "../../../local/functions/function-set";

describe("deploying functions locally", () => {
  let folder: string;
  let options: DeployOptions;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deploy-"));
    options = {
      directory: join(folder, "code"),
      projectRoot: folder,
      host: { platform: "linux", arch: "x64" },
      nodes: new Map(),
      variables: {},
      debugged: false,
    };
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const one = async (graph: Graph, other: Partial<DeployOptions> = {}): Promise<Deployment> =>
    (await deploy(graph, { ...options, ...other }))[0]!;

  async function refusal(graph: Graph, other: Partial<DeployOptions> = {}): Promise<string> {
    try {
      arnsOf(graph, await deploy(graph, { ...options, ...other }));
    } catch (error) {
      expect((error as Error).name).to.equal("Unenforceable");
      return (error as Error).message;
    }
    throw new Error("it was not refused");
  }

  const object = (key: string, source: unknown, versionId = "v1"): Resource =>
    resource("aws:s3/bucketObjectv2:BucketObjectv2", key, { bucket: "b", key, source }, { versionId });
  const layer = (name: string, files: unknown): Resource =>
    resource("aws:lambda/layerVersion:LayerVersion", name, { code: files }, { arn: `arn:layer:${name}` });

  it("finds the code in the bucket, by key and version", async () => {
    const stored = { code: undefined, s3Bucket: "b", s3Key: "code.zip", s3ObjectVersion: "v1" };
    const code = object("code.zip", archive({ "index.js": "right", "sub/models.json": "{}" }));
    const decoy = resource(
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "decoy",
      { bucket: "other", key: "code.zip", source: archive({}) },
      { versionId: "v1" },
    );
    const { taskRoot } = await one(graphOf(decoy, code, lambda("one", "", stored)));
    expect(readFileSync(join(taskRoot, "index.js"), "utf8")).to.equal("right");
    expect(readFileSync(join(taskRoot, "sub/models.json"), "utf8")).to.equal("{}");
    expect(await refusal(graphOf(code, lambda("one", "", { ...stored, s3ObjectVersion: "v0" })))).to.match(
      /::one: s3ObjectVersion: it names another version/,
    );
    expect(await refusal(graphOf(code, lambda("one", "", { ...stored, s3Key: "else.zip" })))).to.match(
      /s3Key: no object of this program/,
    );
    expect(await refusal(graphOf(lambda("one", "", { code: undefined })))).to.match(/neither code nor a place/);
  });

  it("copies files and folders, so that neither side changes the other's", async () => {
    const source = join(folder, "source");
    mkdirSync(join(source, "deep"), { recursive: true });
    writeFileSync(join(source, "deep/model.onnx"), "first");
    symlinkSync(join(source, "deep/model.onnx"), join(source, "link.onnx"));
    symlinkSync(join(source, "deep"), join(source, "folder-link"));
    const code = {
      archive: {
        files: {
          models: { archive: { path: source } },
          "one.onnx": { asset: { path: join(source, "deep/model.onnx") } },
        },
      },
    };
    const { taskRoot } = await one(graphOf(lambda("one", "", { code })));
    writeFileSync(join(source, "deep/model.onnx"), "other");
    for (const path of ["models/deep/model.onnx", "models/link.onnx", "one.onnx"]) {
      expect(readFileSync(join(taskRoot, path), "utf8")).to.equal("first");
      expect(realpathSync(join(taskRoot, path))).to.equal(join(realpathSync(taskRoot), path));
    }
    expect(readdirSync(join(taskRoot, "models")).sort()).to.deep.equal(["deep", "link.onnx"]);
    const again = await one(graphOf(lambda("one", "", { code })));
    expect(again.taskRoot).not.to.equal(taskRoot);
  });

  it("keeps one copy of a file that several folders hold, and removes what nobody uses any more", async () => {
    const files = ["library.so", "model.onnx"].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, "first");
    const code = (text: string) => ({
      archive: {
        files: {
          ...Object.fromEntries(files.map((path) => [basename(path), { asset: { path } }])),
          "index.js": { asset: { text } },
        },
      },
    });
    const roots: string[] = [];
    for (const text of ["1", "2", "3"]) {
      writeFileSync(files[1]!, text);
      roots.push((await one(graphOf(lambda("one", "", { code: code(text) })))).taskRoot);
    }
    const copies = (name: string) => new Set(roots.map((root) => statSync(join(root, name)).ino)).size;
    expect([copies("library.so"), copies("model.onnx"), copies("index.js")]).to.deep.equal([1, 3, 3]);
    expect(statSync(join(roots[0]!, "library.so")).ino).not.to.equal(statSync(files[0]!).ino);
    expect(roots.map((root) => readFileSync(join(root, "model.onnx"), "utf8"))).to.deep.equal(["1", "2", "3"]);

    const store = join(folder, "files");
    const days = (count: number): number => Date.now() + count * 24 * 3600 * 1000;
    removeUnused(options.directory, days(20));
    expect(readdirSync(store)).to.have.lengthOf(4);
    // The second goes on being used; the others' month is over.
    utimesSync(roots[1]!, days(30) / 1000, days(30) / 1000);
    removeUnused(options.directory, days(40));
    removeUnused(options.directory, days(42));
    expect(roots.map((root) => existsSync(root))).to.deep.equal([false, true, false]);
    expect(readdirSync(store)).to.have.lengthOf(2);
    expect(readFileSync(join(roots[1]!, "library.so"), "utf8")).to.equal("first");
  });

  it("uses a folder again for the same content, and gives another key for anything that differs", async () => {
    const first = await one(graphOf(lambda("one", "a")));
    expect(await one(graphOf(lambda("one", "a")))).to.deep.equal(first);
    expect(readdirSync(options.directory)).to.have.length(2); // The code and no layers.
    for (const change of [
      { memorySize: 512 },
      { timeout: 6 },
      { handler: "index.other" },
      { reservedConcurrentExecutions: 3 },
      { runtime: "nodejs24.x" },
    ]) {
      expect((await one(graphOf(lambda("one", "a", change)))).key).not.to.equal(first.key);
    }
    expect((await one(graphOf(lambda("one", "b")))).key).not.to.equal(first.key);
    expect((await one(graphOf(lambda("one", "a")), { variables: { A: "1" } })).key).not.to.equal(first.key);
  });

  for (const path of [
    "../escaped.js",
    "/escaped.js",
    "a/../../escaped.js",
    "a//b.js",
    "./a.js",
    "..",
    "",
    "a\\..\\b.js",
    "a\0b.js",
  ]) {
    it(`rejects an archive that names ${JSON.stringify(path)}`, async () => {
      const files = { "index.js": { asset: { text: "" } }, [path]: { asset: { text: "escaped" } } };
      expect(await refusal(graphOf(lambda("one", "", { code: { archive: { files } } })))).to.match(
        /::one: the archive contains a path that points outside it/,
      );
      const nested = { archive: { files: { sub: { archive: { files } } } } };
      expect(await refusal(graphOf(lambda("one", "", { code: nested })))).to.match(/points outside it/);
      expect(existsSync(join(options.directory, "escaped.js"))).to.equal(false);
    });
  }

  it("rejects an archive with a file where a folder must be, so that a link cannot be written through", async () => {
    const code = archive({ a: "file", "a/b": "below" });
    expect(await refusal(graphOf(lambda("one", "", { code })))).to.match(/a file and a folder of the same name/);
  });

  it("rejects what it cannot run", async () => {
    for (const [inputs, why] of [
      [{ runtime: "python3.13" }, /::one: runtime: only Node\.js/],
      [{ runtime: undefined }, /::one: runtime: only Node\.js/],
      [{ packageType: "Image", imageUri: "x" }, /::one: container images/],
      [{ fileSystemConfig: { arn: "a" } }, /::one: fileSystemConfig: it has no counterpart/],
      [{ handler: undefined }, /::one: handler: it is not set/],
      [{ layers: ["arn:layer:unknown"] }, /::one: layers: a layer is not of this program/],
      [{ memorySize: "256" }, /::one: memorySize: it is not a number/],
      [{ environment: { variables: { A: 1 } } }, /::one: environment.variables.A: it is not a text/],
      [{ code: { archive: { path: "/no/such/archive.zip" } } }, /::one: its code is packed already, or missing/],
      [{ code: { asset: { text: "zip" } } }, /::one: its code is neither/],
      [{ code: "text" }, /::one: its code is neither/],
    ] as const) {
      expect(await refusal(graphOf(lambda("one", "", inputs)))).to.match(why);
    }
  });

  it("lays the layers over each other in their order, and leads to them", async () => {
    const graph = graphOf(
      layer("first", archive({ "models/a": "first", "models/b": "first" })),
      layer("second", archive({ "models/b": "second" })),
      lambda("one", "", {
        layers: ["arn:layer:first", "arn:layer:second"],
        environment: { variables: { MODELS_DIR: "/opt/models" } },
      }),
    );
    const models = (await one(graph)).variables["MODELS_DIR"]!;
    expect([readFileSync(join(models, "a"), "utf8"), readFileSync(join(models, "b"), "utf8")]).to.deep.equal([
      "first",
      "second",
    ]);
  });

  describe("with a native library in a layer", () => {
    const files = {
      "nodejs/node_modules/native/package.json": "{}",
      "nodejs/node_modules/native/bin/linux/x64/binding.node": "for linux",
      "nodejs/node_modules/plain/index.js": "plain",
    };
    const graph = (more: Record<string, unknown> = {}) =>
      graphOf(layer("libraries", archive(files)), lambda("one", "", { layers: ["arn:layer:libraries"], ...more }));
    const modules = async (graph: Graph, other: Partial<DeployOptions> = {}) =>
      (await one(graph, other)).variables["NODE_PATH"]!.split(":").at(-1)!;

    beforeEach(() => {
      mkdirSync(join(folder, "node_modules/native"), { recursive: true });
      writeFileSync(join(folder, "node_modules/native/package.json"), `{ "name": "native" }`);
    });

    it("runs what is deployed on Linux with the function's architecture", async () => {
      const at = await modules(graph());
      expect(readFileSync(join(at, "native/bin/linux/x64/binding.node"), "utf8")).to.equal("for linux");
      expect(realpathSync(join(at, "native"))).not.to.equal(realpathSync(join(folder, "node_modules/native")));
    });

    for (const host of [
      { platform: "darwin", arch: "arm64" },
      { platform: "linux", arch: "arm64" },
    ]) {
      it(`takes the project's package on ${host.platform}-${host.arch}, and the rest from the layer`, async () => {
        const at = await modules(graph(), { host });
        expect(realpathSync(join(at, "native"))).to.equal(realpathSync(join(folder, "node_modules/native")));
        expect(readFileSync(join(at, "plain/index.js"), "utf8")).to.equal("plain");
      });
    }

    it("knows the function's architecture", async () => {
      const at = await modules(graph({ architectures: ["arm64"] }), { host: { platform: "linux", arch: "arm64" } });
      expect(existsSync(join(at, "native/bin"))).to.equal(true);
    });

    it("rejects one that this machine has no counterpart for", async () => {
      const host = { platform: "darwin", arch: "arm64" };
      rmSync(join(folder, "node_modules"), { recursive: true });
      expect(await refusal(graph(), { host })).to.match(
        /::one: its native library is for linux-x64, and this machine \(darwin-arm64\)/,
      );
      const own = lambda("one", "", { code: archive({ "index.js": "", "addon.node": "" }) });
      expect(await refusal(graphOf(own), { host })).to.match(/its native library is for linux-x64/);
    });
  });

  it("resolves aliases and versions, and rejects those it cannot tell", async () => {
    const published = (inputs: Record<string, unknown> = {}): Resource => {
      const base = lambda("one", "a", inputs);
      return { ...base, outputs: { ...base.outputs, version: "7" } };
    };
    const alias = (inputs: Record<string, unknown>): Resource =>
      resource("aws:lambda/alias:Alias", "live", {
        functionName: "one",
        functionVersion: "7",
        name: "live",
        ...inputs,
      });
    const graph = graphOf(published(), alias({}));
    const arns = arnsOf(graph, await deploy(graph, options));
    expect([...arns.keys()].sort()).to.deep.equal(
      ["", ":$LATEST", ":7", ":live"].map((qualifier) => arnOf("one") + qualifier),
    );
    expect(await refusal(graphOf(published(), alias({ functionName: "other" })))).to.match(
      /functionName: it is not a function of this program/,
    );
    expect(await refusal(graphOf(published(), alias({ functionVersion: "6" })))).to.match(
      /functionVersion: only the version/,
    );
    expect(
      await refusal(graphOf(published(), alias({ routingConfig: { additionalVersionWeights: { 6: 0.1 } } }))),
    ).to.match(/two versions at once/);
  });

  it("makes the code read-only", async () => {
    const { taskRoot } = await one(graphOf(lambda("one", "a")));
    const { mode } = await import("node:fs").then(({ statSync }) => statSync(join(taskRoot, "index.js")));
    expect(mode & 0o777).to.equal(0o444);
    chmodSync(join(taskRoot, "index.js"), 0o644);
  });
});
