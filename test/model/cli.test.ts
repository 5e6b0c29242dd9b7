import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { runCommand } from "../run-commands";
import { start } from "../lambda/function";

const root = join(__dirname, "../..");
const check = (...args: string[]) => runCommand("model/cli.ts", ["check", ...args]);

describe("npm run model -- check", () => {
  const fn = start(["classifier"]);

  it("reports what is served, what it takes, and requests that the function answers", async () => {
    const { code, stdout, stderr } = await check(join(root, "test/fixtures/models/classifier"));
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout)
      .to.match(/^classifier: 1 KB, made by fixtures, IR 9, opset ai\.onnx 17, ai\.onnx\.ml 3\n/)
      .and.to.match(/\n {2}x {2}FP32 \[-1, 2\]\n/)
      .and.to.match(/\n {2}output_probability {2}FP32 \[-1, 2\] {2}columns: cat, dog\n/)
      .and.to.match(/\nLoading: [\d.]+ s and at most \d+ MB, of the function's 1769 MB \(modelMemory\)\.\n/)
      .and.to.match(/\n {2}It has an output output_probability that is served as a tensor.*\n {4}options=\{'zipmap'/);
    const [json, binary, rows] = stdout.split("\n").filter((line) => line.includes("curl ")) as [
      string,
      string,
      string,
    ];
    const body = (line: string): string => / -d '(.*)'$/.exec(line)![1]!;
    const expected = (await fn.post("/v2/models/classifier/infer", body(json))).json["outputs"];
    expect(expected).to.have.length(2);
    // What the shell's printf makes of the line is what curl would send.
    const sent = execFileSync("sh", ["-c", binary.slice(0, binary.indexOf(" | curl"))]);
    const length = /Inference-Header-Content-Length: (\d+)/.exec(binary)![1]!;
    const answered = await fn.post("/v2/models/classifier/infer", sent, { "inference-header-content-length": length });
    expect(answered.json["outputs"]).to.deep.equal(expected);
    const predicted = await fn.post("/v1/models/classifier:predict", body(rows));
    expect(predicted.json["predictions"]).to.have.length(1);
  });

  it("calls a model with code around it through that, by its example, and in no form that the code alone would know", async () => {
    const { code, stdout } = await check("examples/models/image");
    expect(code).to.equal(0);
    const through = stdout.split("\n").filter((line) => line.includes("/v1/models/image:predict"));
    expect(through).to.have.length(1);
    expect(through[0]).to.match(
      / -H 'Content-Type: image\/png' --data-binary '@examples\/models\/image\/example\.png'$/,
    );
    expect(stdout).to.include("through its transform.ts").and.not.to.include("in rows");
  });

  it("ends with 1 for a model that cannot be served, with the reason and its cure", async () => {
    const { code, stdout } = await check("test/fixtures/unservable/text");
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /It cannot be served:\n {2}It has a StringNormalizer with the locale en_US\.UTF-8.*\n {4}export/,
    );
    expect(stdout).not.to.include("curl");
  });

  it("judges it for the stack and the settings that are named", async () => {
    const { stdout } = await check("models/mymodel", "--stack", "prod", "--set", "modelMemory=3008");
    expect(stdout).to.include("of the function's 3008 MB");
  });

  const wrong: [what: string, args: string[], says: RegExp][] = [
    ["no command", [], /^say what to do with which model: npm run model -- check models\/mymodel\n$/],
    ["another command", ["serve", "models/mymodel"], /^say what to do/],
    ["no folder", ["check"], /^check: name the folder of a model/],
    ["two folders", ["check", "a", "b"], /^check: takes one folder, and 2 were named/],
    ["a folder that is not there", ["check", "nowhere"], /^check nowhere: there is no such folder/],
    [
      "a file",
      ["check", "models/mymodel/model.onnx"],
      /^check models\/mymodel\/model\.onnx: is a file; name the folder/,
    ],
    ["a folder of models", ["check", "models"], /^check models: holds no model\.onnx; name the folder of one model/],
    ["an option that it does not have", ["check", "models/mymodel", "--all"], /--all/],
    ["a stack that is not there", ["check", "models/mymodel", "--stack", "x"], /no stack "x"/],
  ];
  for (const [what, args, says] of wrong) {
    it(`ends with 2 for ${what}`, async () => {
      const { code, stdout, stderr } = await runCommand("model/cli.ts", args);
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr)
        .to.match(says)
        .and.not.to.match(/\n\s+at /);
    });
  }
});
