import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { typeErrors } from "../../transforms/type-check";
import { modelTypes } from "../../transforms/model-types";
import { modelsWithTransform, typesOf, writeTypes } from "../../transforms/write-types";

const right = `import words from "./words.txt";
import table from "./table.bin";
import { Refused, type Transform } from "./model";

export default {
  request(body, context) {
    context.state.table = table.length + words.length;
    if (!Array.isArray(body)) throw new Refused("send a list", 422);
    return { features: { shape: [1, 4], data: Float32Array.from(body, Number) } };
  },
  async response({ label, probabilities }, context) {
    const { label: other } = await context.model("other").infer({ features: { shape: [1, 4], data: probabilities.data } });
    return { label: Number(label.data[0]), scores: probabilities.data, other: other?.shape, none: undefined };
  },
} satisfies Transform;
`;

describe("Transforms: types", () => {
  const root = mkdtempSync(join(tmpdir(), "types-"));
  const file = join(root, "mine/transform.ts");
  before(() => {
    mkdirSync(join(root, "mine"));
    cpSync(join(projectRoot, "models/mymodel/model.onnx"), join(root, "mine/model.onnx"));
    writeFileSync(file, right);
  });
  after(() => rmSync(root, { recursive: true }));

  const errorsOf = (source: string): string => {
    writeFileSync(file, source);
    return typeErrors([file]);
  };

  it("are written beside each model with a transform, once", () => {
    mkdirSync(join(root, "without"));
    cpSync(join(projectRoot, "models/mymodel/model.onnx"), join(root, "without/model.onnx"));
    expect(modelsWithTransform(root)).to.deep.equal(["mine"]);
    expect(writeTypes(root, ["mine"])).to.deep.equal([join(root, "mine/model.ts")]);
    expect(writeTypes(root, ["mine"])).to.deep.equal([]);
  });

  it("let a transform compile that fits its model", () => {
    expect(errorsOf(right)).to.equal("");
  });

  describe("do not let compile", () => {
    const wrong = [
      ["a wrong name of an input", "{ features:", "{ feature:", /transform\.ts\(6,3\): error .*Promise<Inputs>/],
      [
        "a wrong element type",
        "Float32Array.from",
        "Float64Array.from",
        /Float64Array.*is not assignable to.*Float32Array/s,
      ],
      ["a plain list for a tensor", "Float32Array.from(body, Number)", "body", /transform\.ts\(6,3\): error/],
      ["a wrong size of a dimension", "shape: [1, 4]", "shape: [1, 5]", /'5' is not assignable to type '4'/],
      [
        "a wrong rank",
        "shape: [1, 4]",
        "shape: [4]",
        /has 1 element\(s\) but target requires 2|transform\.ts\(6,3\): error/,
      ],
      [
        "a wrong name of an output",
        "{ label, probabilities }",
        "{ labels: label, probabilities }",
        /Property 'labels' does not exist/,
      ],
      ["an answer that JSON does not have", "Number(label.data[0])", "label.data[0]", /bigint/],
      ["a wrong member of the context", "context.state", "context.store", /Property 'store' does not exist/],
    ] as const;
    /** The errors of all, from one program: making one takes seconds. */
    let errors = "";
    before(() => {
      const files = wrong.map(([, from, to], index) => {
        expect(right).to.include(from);
        mkdirSync(join(root, "wrong", String(index)), { recursive: true });
        writeFileSync(join(root, "wrong", String(index), "model.ts"), typesOf(root, "mine"));
        writeFileSync(join(root, "wrong", String(index), "transform.ts"), right.replace(from, to));
        return join(root, "wrong", String(index), "transform.ts");
      });
      errors = typeErrors(files);
    });
    wrong.forEach(([what, , , error], index) => {
      it(what, () => {
        const own = errors.split(/^(?=\S)/m).filter((each) => each.includes(`wrong/${index}/transform.ts(`));
        expect(own.join("")).to.match(error);
      });
    });
  });

  it("compile for every datatype, and names that are no identifiers", () => {
    const folder = join(projectRoot, "test/fixtures/models");
    const written = readdirSync(folder)
      .filter((name) => !name.includes("."))
      .map((name) => {
        mkdirSync(join(root, "all", name), { recursive: true });
        writeFileSync(join(root, "all", name, "model.ts"), typesOf(folder, name));
        return join(root, "all", name, "model.ts");
      });
    expect(written.length).to.be.above(20);
    const odd = { name: 'a "b"\n*/ 1', datatype: "FP16", shape: ["batch */", undefined, 3] } as const;
    const types = modelTypes({ inputs: [odd], outputs: [{ name: "x", datatype: undefined, shape: undefined }] });
    writeFileSync(join(root, "all/odd.ts"), types);
    expect(types).to.include(String.raw`readonly "a \"b\"\n*/ 1": Tensor<Uint16Array, readonly [number, number, 3]>;`);
    expect(typeErrors([...written, join(root, "all/odd.ts")])).to.equal("");
  });

  for (const folder of ["models", "examples/models"])
    it(`stand in ${folder} as they are to be (write them with: npm run types -- --models ${folder})`, () => {
      for (const model of modelsWithTransform(join(projectRoot, folder)))
        expect(readFileSync(join(projectRoot, folder, model, "model.ts"), "utf8"), model).to.equal(
          typesOf(join(projectRoot, folder), model),
        );
    });

  it("are written and checked by npm run types, which fails where a transform does not compile", () => {
    const command = (...args: string[]) =>
      spawnSync(process.execPath, [join(projectRoot, "run.mjs"), join(projectRoot, "transforms/cli.ts"), ...args], {
        encoding: "utf8",
        cwd: root,
      });
    writeFileSync(file, right);
    rmSync(join(root, "mine/model.ts"));
    const good = command("--models", root);
    expect([good.status, good.stdout]).to.deep.equal([0, "mine/model.ts is written\n1 transforms compile\n"]);
    writeFileSync(file, right.replace("[1, 4]", "[1, 5]"));
    const bad = command("--models", root);
    expect(bad.status).to.equal(1);
    expect(bad.stdout).to.match(/mine\/transform\.ts\(6,3\): error TS/);
    expect(command("--models", root, "--model", "without").stdout).to.equal(
      "without/model.ts is written\n0 transforms compile\n",
    );
    expect([command("--model", "none").status, command("--wrong").status]).to.deep.equal([2, 2]);
    writeFileSync(join(root, "without/model.onnx"), "no model");
    expect(command("--models", root, "--model", "without").stderr).to.match(/^npm run types: .*ONNX/);
  });
});
