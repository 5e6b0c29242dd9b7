import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkModels } from "../../doctor/models";
import { evaluate } from "../../graph/evaluate";
import type { Functions, Invocation } from "../../local/functions/environments/invocation";
import { ModelCheck } from "../../local/run/model-check";
import { firstFault, reportModels } from "../../local/run/model-report";
import { checkFolder, loadFaults } from "../../model/check-folder";
import { deployedModels } from "../../model/deployed-models";
import { onnxFile } from "../fixtures/onnx-file";

const root = join(__dirname, "../..");
const fixture = (name: string): string => join(root, "test/fixtures/models", name);
/** An operator that the file may name and no runtime has: only loading shows it. */
const unknownOperator = onnxFile({ operator: "Negate" });

describe("The check of a model in its folder", () => {
  let folder: string;
  let kept: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "model-"));
    kept = join(folder, "kept");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const made = (name: string, content: Buffer): string => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "model.onnx"), content);
    return join(folder, name);
  };

  it("loads it, and tells time, memory, inputs and the outputs that are served", async () => {
    const { loaded, faults, bytes } = await checkFolder(fixture("classifier"), 1769, kept);
    expect(faults).to.deep.equal([]);
    expect(bytes).to.equal(readFileSync(join(fixture("classifier"), "model.onnx")).length);
    expect(loaded!.ms).to.be.greaterThan(0);
    expect(loaded!.peakMb).to.be.within(40, 1000);
    expect(loaded!.inputs).to.deep.equal([{ name: "x", datatype: "FP32", shape: [-1, 2] }]);
    expect(loaded!.outputs).to.deep.equal([
      { name: "label", datatype: "INT64", shape: [-1] },
      { name: "output_probability", datatype: "FP32", shape: [-1, 2], labels: ["cat", "dog"] },
    ]);
    const external = await checkFolder(fixture("external"), 1769, kept);
    expect(external.faults).to.deep.equal([]);
    expect(external.bytes).to.be.greaterThan(readFileSync(join(fixture("external"), "weights.bin")).length);
  });

  it("remembers what loading took until a file changes, and no failure", async () => {
    cpSync(fixture("external"), join(folder, "x"), { recursive: true });
    const first = (await checkFolder(join(folder, "x"), 1769, kept)).loaded;
    const [file, ...others] = readdirSync(kept);
    expect(others).to.deep.equal([]);
    const remembered = { ...first, ms: 123_456 };
    writeFileSync(join(kept, file!), JSON.stringify(remembered));
    expect((await checkFolder(join(folder, "x"), 1769, kept)).loaded!.ms).to.equal(123_456);
    const weights = join(folder, "x/weights.bin");
    writeFileSync(weights, Buffer.alloc(readFileSync(weights).length));
    expect((await checkFolder(join(folder, "x"), 1769, kept)).loaded!.ms).to.be.lessThan(123_456);
    rmSync(kept, { recursive: true });
    await checkFolder(made("broken", unknownOperator), 1769, kept);
    expect(existsSync(kept)).to.equal(false);
  });

  it("says why the runtime does not load it, and what cures it", async () => {
    const { faults, loaded } = await checkFolder(made("broken", unknownOperator), 1769, kept);
    expect(loaded).to.equal(undefined);
    expect(faults).to.have.length(1);
    expect(faults[0]!.what).to.match(/^cannot be loaded: .*No Op registered for Negate/);
    expect(faults[0]!.cure).to.match(/docs\/models\.md#opset$/);
  });

  it("does not load what its file already refuses", async () => {
    const { faults, loaded } = await checkFolder(made("new", onnxFile({ ir: 99 })), 1769, kept);
    expect([loaded, faults.length]).to.deep.equal([undefined, 1]);
  });

  it("names the memory that it takes while it is loaded, if the function has less, and the command that gives more", async () => {
    const { faults } = await checkFolder(fixture("add"), 16, kept);
    expect(faults[0]!.what).to.match(/^takes \d+ MB while it is loaded; the function has 16$/);
    expect(faults[0]!.cure).to.match(/^pulumi config set modelMemory \d+$/);
    expect(loadFaults({ peakMb: 2400, ms: 1 }, 1769)[0]!.cure).to.equal("pulumi config set modelMemory 2688");
    expect(loadFaults({ peakMb: 10_000, ms: 1 }, 1769)[0]!.cure).to.match(/^Lambda gives 10240 at most: save it as/);
    expect(loadFaults({ peakMb: 1769, ms: 1 }, 1769)).to.deep.equal([]);
  });

  it("names the time that it takes, if a request does not wait that long", () => {
    expect(loadFaults({ peakMb: 1, ms: 28_000 }, 1769)).to.deep.equal([]);
    expect(loadFaults({ peakMb: 1, ms: 40_000 }, 1769)[0]!.what).to.equal(
      "takes 40 s to load here; a request waits 28 s at most",
    );
  });

  it("is made of every model that a graph deploys, with the memory of its function", async () => {
    made("broken", unknownOperator);
    cpSync(fixture("split"), join(folder, "split"), { recursive: true });
    const graph = await evaluate({
      stack: "dev",
      set: { modelsFolder: folder, defaultModel: "split", modelMemory: 1024 },
    });
    expect(deployedModels(graph)).to.deep.equal([
      { name: "broken", folder: join(folder, "broken"), memoryMb: 1024 },
      { name: "split", folder: join(folder, "split"), memoryMb: 1024 },
    ]);
    const told: string[] = [];
    await reportModels(graph, kept, (line) => void told.push(line));
    expect(told[0]).to.match(/^Model broken cannot be loaded: .*Negate.*: the deployed runtime has no such operator/);
    expect(told[1]).to.match(/^Model split has an output parts that is not served, for it is seq\(tensor\(float\)\): /);
    expect(told).to.have.length(2);
    const lines = await checkModels(graph, kept);
    expect(lines.map(({ state }) => state)).to.deep.equal(["bad", "good"]);
    expect(lines[0]!.text).to.match(/^model broken cannot be loaded/);
    expect(lines[1]!.text).to.match(/^model split: loads in [\d.]+ s and \d+ of 1024 MB$/);
    expect(await firstFault(graph, "broken", kept)).to.match(/^cannot be loaded: .*Negate/);
    expect(await firstFault(graph, "split", kept)).to.equal(undefined);
  });
});

describe("The check of the default model at the start of a run", () => {
  const models = { functionArn: "arn", names: ["x"], standard: "x", transformed: false };
  const answering = (invocation: Invocation): Functions => ({ invoke: () => Promise.resolve(invocation) });
  const fault = (invocation: Invocation, found: string | undefined): Promise<string> =>
    new ModelCheck()
      .check(models, answering(invocation), () => Promise.resolve(found))
      .then(
        () => "",
        (error: Error) => error.message,
      );
  const ended: Invocation = { kind: "error", errorType: "Runtime.ExitError", errorMessage: "" };

  it("says what loading found where the function's process ended, and otherwise how it ended", async () => {
    expect(await fault(ended, "takes 2400 MB while it is loaded: pulumi config set modelMemory 2688")).to.equal(
      "model x: it takes 2400 MB while it is loaded: pulumi config set modelMemory 2688",
    );
    expect(await fault(ended, undefined)).to.match(/^model x: it cannot be loaded: the function ended in error$/);
    expect(await fault({ kind: "result", payload: { statusCode: 200 } }, "never asked")).to.equal("");
  });
});
