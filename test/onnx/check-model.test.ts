import { deflateSync, gzipSync } from "node:zlib";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { checkModel } from "../../onnx/check-model";
import { newestIr } from "../../onnx/runtime-limits";
import { elements, onnxFile } from "../fixtures/onnx-file";

const root = join(__dirname, "../..");
const faults = (bytes: Buffer, files: readonly string[] = ["model.onnx"]): string[] =>
  checkModel(bytes, files).faults.map(({ what, cure }) => `${what}: ${cure}`);
const zip = (...names: string[]): Buffer =>
  Buffer.concat(names.map((name) => Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(26), Buffer.from(name)])));
const safetensors = Buffer.concat([Buffer.from([60, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"weight":{"dtype":"F32"}}')]);

describe("The check of a model: a file that is no ONNX model", () => {
  const foreign: [what: string, bytes: Buffer, says: RegExp][] = [
    ["nothing", Buffer.alloc(0), /^is empty: export or copy it again$/],
    [
      "a Git LFS pointer",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
      /^is a Git LFS pointer instead of a file: git lfs install && git lfs pull$/,
    ],
    ["an HTML page", Buffer.from("\n<!DOCTYPE html><html>"), /^is an HTML page.*: download the file itself/],
    ["a pickle", Buffer.from("\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c", "latin1"), /^is a pickle or joblib.*#scikit-learn$/],
    ["an old pickle", Buffer.from("csklearn.linear_model\nLogisticRegression\n"), /^is a pickle or joblib/],
    ["a compressed joblib file", deflateSync(Buffer.alloc(100)), /^is compressed.*unpack it/],
    ["a gzip archive", gzipSync("x"), /^is compressed.*unpack it/],
    ["a PyTorch file", zip("model/data.pkl"), /^is a PyTorch file.*docs\/models\.md#pytorch$/],
    ["a Keras file", zip("metadata.json", "config.json"), /^is a Keras file.*#tensorflow-and-keras$/],
    ["another archive", zip("my/model.onnx"), /^is a ZIP archive: unpack it/],
    ["a Keras file in HDF5", Buffer.from("\x89HDF\r\n\x1a\n\0", "latin1"), /^is an HDF5 file, as Keras/],
    ["a TensorFlow SavedModel", Buffer.from([8, 1, 0x12, 3, 0x12, 1, 0x41]), /^is a TensorFlow SavedModel/],
    ["a frozen TensorFlow graph", Buffer.from("\n\x10\n\x01x\x12\x0bPlaceholder"), /^is a frozen TensorFlow graph/],
    ["a TensorFlow Lite file", Buffer.from("\x1c\0\0\0TFL3\x14\0"), /^is a TensorFlow Lite file/],
    ["a GGUF file", Buffer.from("GGUF\x03\0\0\0"), /^is a GGUF file/],
    ["a safetensors file", safetensors, /^is a safetensors file: weights without a graph/],
    ["an XGBoost model", Buffer.from('{"learner":{"attributes":{}}}'), /^is an XGBoost model.*#xgboost$/],
    ["an XGBoost model in UBJSON", Buffer.from("{L\0\0\0\0\0\0\0\x07learner{"), /^is an XGBoost model/],
    ["a LightGBM model", Buffer.from("tree\nversion=v4\n"), /^is a LightGBM model.*#lightgbm$/],
    ["anything else", Buffer.from("not a model"), /^is no whole ONNX file: at byte 0, .*: export or copy it again/],
    ["a part of one", onnxFile().subarray(0, 30), /^is no whole ONNX file: at byte .* reaches beyond its end/],
  ];
  for (const [what, bytes, says] of foreign) {
    it(`names ${what}, and what cures it`, () => {
      const [only, ...others] = faults(bytes);
      expect(only).to.match(says);
      expect(others).to.deep.equal([]);
    });
  }
});

describe("The check of a model: what the deployed runtime does not have", () => {
  const one = (bytes: Buffer, says: RegExp, files?: readonly string[]): void => {
    const found = faults(bytes, files);
    expect(found).to.have.length(1);
    expect(found[0]).to.match(says);
  };

  it("is nothing for a plain model, for those of the fixtures, and for the shipped one", () => {
    expect(checkModel(onnxFile(), ["model.onnx"])).to.deep.include({ faults: [], notes: [] });
    for (const folder of ["models", "test/fixtures/models"]) {
      for (const name of readdirSync(join(root, folder))) {
        const file = join(root, folder, name, "model.onnx");
        if (!existsSync(file)) continue;
        expect(faults(readFileSync(file), readdirSync(join(root, folder, name))), name).to.deep.equal([]);
      }
    }
  });

  it("names a version that is too new", () => {
    one(
      onnxFile({ ir: newestIr + 1 }),
      /^has IR version 14; the deployed runtime reads up to 13: model\.ir_version = 13/,
    );
    one(onnxFile({ opsets: [["ai.onnx", 27]] }), /^has opset 27 of ai\.onnx; .* up to 26: .*#opset$/);
    one(
      onnxFile({
        opsets: [
          ["", 17],
          ["ai.onnx.ml", 6],
        ],
      }),
      /^has opset 6 of ai\.onnx\.ml; .* up to 5/,
    );
    one(onnxFile({ opsets: [] }), /^names no opset/);
    expect(
      faults(
        onnxFile({
          opsets: [
            ["", 17],
            ["com.example", 7],
          ],
        }),
      ),
    ).to.deep.equal([]);
  });

  it("names custom operators, but none that the model defines itself", () => {
    const opsets = [
      ["", 17],
      ["ai.onnx.contrib", 1],
    ] as const;
    const custom = { operator: "BertTokenizer", domain: "ai.onnx.contrib", opsets };
    one(onnxFile(custom), /does not have: ai\.onnx\.contrib\.BertTokenizer: .*#custom-operators$/);
    expect(faults(onnxFile({ ...custom, defines: "ai.onnx.contrib:BertTokenizer" }))).to.deep.equal([]);
    expect(faults(onnxFile({ domain: "ai.onnx" }))).to.deep.equal([]);
  });

  it("names a locale that Lambda does not have", () => {
    const normalizer = (attributes: Record<string, string>) =>
      onnxFile({ operator: "StringNormalizer", input: elements.string, output: elements.string, attributes });
    one(normalizer({ case_change_action: "LOWER" }), /locale en_US\.UTF-8, which Lambda does not have: .*#text$/);
    one(normalizer({ case_change_action: "UPPER", locale: "de_DE.UTF-8" }), /the locale de_DE\.UTF-8/);
    for (const locale of ["C.UTF-8", "C.utf8", "C", "POSIX", ""])
      expect(faults(normalizer({ case_change_action: "LOWER", locale })), locale).to.deep.equal([]);
    expect(faults(normalizer({ case_change_action: "NONE", locale: "de_DE" }))).to.deep.equal([]);
  });

  it("names an input that cannot be given, and a model without an output that can be returned", () => {
    one(onnxFile({ input: elements.bfloat16 }), /^has an input that no request can give: x is tensor\(bfloat16\)/);
    one(onnxFile({ output: elements.bfloat16 }), /^has no output that an answer can hold: y is tensor\(bfloat16\)/);
  });

  it("names a file with weights that is missing", () => {
    const model = onnxFile({ external: "weights.bin" });
    one(model, /^keeps weights in weights\.bin, which is not among its files: .*#external-data$/);
    expect(faults(model, ["model.onnx", "weights.bin"])).to.deep.equal([]);
    one(onnxFile({ external: "../weights.bin" }), /\.\.\/weights\.bin/, ["model.onnx", "weights.bin"]);
  });

  it("is all named at once", () => {
    expect(faults(onnxFile({ ir: 99, opsets: [["", 99]], input: elements.bfloat16 }))).to.have.length(3);
  });
});

describe("The check of a model: what a caller would not expect", () => {
  const notes = (name: string): string[] => {
    const file = join(root, "test/fixtures/models", name, "model.onnx");
    return checkModel(readFileSync(file), ["model.onnx"]).notes.map(({ what }) => what);
  };

  it("is said of outputs that are not served, or in another form", () => {
    expect(notes("bfloat16")).to.deep.equal(["has an output odd that is not served, for it is tensor(bfloat16)"]);
    expect(notes("split")).to.deep.equal(["has an output parts that is not served, for it is seq(tensor(float))"]);
    expect(notes("classifier")).to.deep.equal([
      "has an output output_probability that is served as a tensor, with a column for each class",
    ]);
    expect(notes("sequence")).to.deep.equal([
      "has an output scores_0 that is served by itself, as a tensor of a sequence",
      "has an output scores_1 that is served by itself, as a tensor of a sequence",
    ]);
    expect(notes("add")).to.deep.equal([]);
  });

  it("is nothing that can be read from a file in the runtime's own format", () => {
    const ort = Buffer.from("\x14\0\0\0ORTM\0\0");
    expect(checkModel(ort, ["model.onnx"])).to.deep.equal({ model: undefined, faults: [], notes: [] });
  });
});
