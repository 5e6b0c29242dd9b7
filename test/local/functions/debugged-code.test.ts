import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { functionBundle, transformBundle } from "../../../bundling";
import type { ModelManifest } from "../../../contract";
import { evaluate, projectRoot } from "../../../graph/evaluate";
import { ofType } from "../../../graph/resource";
import { debuggedCode } from "../../../local/functions/code/debugged-code";
import { codeOf } from "../../../local/functions/code/deployed-code";
import type { Entries } from "../../../local/functions/code/entries";

const places = { projectRoot, directory: join(projectRoot, ".local/work/code") };

const text = (entries: Entries, path: string): string => (entries.get(path) as { text: string }).text;
const manifest = (entries: Entries) => JSON.parse(text(entries, "models.json")) as ModelManifest;

describe("A function's code for a debugger", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "models-")));
  after(() => rmSync(folder, { recursive: true }));

  it("is the deployed code but for what a debugger needs, and the digests of the transforms", async () => {
    for (const name of ["plain", "transformed"]) {
      mkdirSync(join(folder, name));
      cpSync(join(projectRoot, "models/mymodel/model.onnx"), join(folder, name, "model.onnx"));
    }
    const own = join(folder, "transformed");
    mkdirSync(join(own, "steps"));
    writeFileSync(join(own, "steps/transform.ts"), "export const request = (given: unknown) => given;");
    writeFileSync(
      join(own, "transform.ts"),
      'import { request } from "./steps/transform"; export default { request };',
    );
    const off = { auth0Authorizer: false, httpApi: false, secrets: false };
    const graph = await evaluate({ stack: "dev", set: { ...off, modelsFolder: folder, defaultModel: "plain" } });
    const lambda = ofType(graph, "aws:lambda/function:Function").find((each) => each.name.startsWith("model"))!;
    const deployed = codeOf(graph, lambda);
    const debugged = await debuggedCode(deployed, "model.handler", places);

    expect([...debugged.keys()]).to.deep.equal([...deployed.keys()]);
    expect([...deployed.keys()]).to.include("transforms/transformed.js");
    expect(buildSync(functionBundle("model")).outputFiles[0]!.text).to.equal(text(deployed, "model.js"));
    const minified = buildSync(transformBundle(join(own, "transform.ts"))).outputFiles;
    expect(minified.map((file) => file.text)).to.include(text(deployed, "transforms/transformed.js"));

    const { transform, ...pinned } = manifest(debugged).models["transformed"]!;
    const code = text(debugged, "transforms/transformed.js");
    expect(transform).to.equal(createHash("sha256").update(code).digest("hex"));
    const { transform: before, ...others } = manifest(deployed).models["transformed"]!;
    expect(before).not.to.equal(transform);
    expect(pinned).to.deep.equal(others);
    expect(manifest(debugged).models["plain"]).to.deep.equal(manifest(deployed).models["plain"]);
    const { sources } = JSON.parse(text(debugged, "transforms/transformed.js.map")) as { sources: string[] };
    const deployedMap = JSON.parse(text(deployed, "transforms/transformed.js.map")) as { sources: string[] };
    expect(sources).to.have.members(deployedMap.sources);
    expect(sources).to.include(relative(projectRoot, join(own, "transform.ts")));
  });

  it("is as it was where no source of the project is known", async () => {
    const entries: Entries = new Map([
      ["index.js", { text: "exports.handler = async () => 1" }],
      ["model.js", { file: "/elsewhere/model.js" }],
    ]);
    expect(await debuggedCode(entries, "index.handler", places)).to.deep.equal(entries);
    expect(await debuggedCode(new Map(), "model.handler", places)).to.deep.equal(new Map());
  });
});
