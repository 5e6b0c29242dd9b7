import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { python, stepsPython } from "./python";
import { tarGz } from "../../local/training/jobs/container";

const scripts = join(projectRoot, "training");
const iris = readFileSync(join(scripts, "data/iris.csv"), "utf8");
const [header = "", ...rows] = iris.trim().split("\n");
const table = (...lines: string[]) => `${lines.join("\n")}\n`;

describe("The scripts of the training steps", () => {
  let interpreter: string;
  let folder: string;
  before(async function () {
    interpreter = await stepsPython(this);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "step-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  const step = (name: string, ...args: string[]) =>
    python(interpreter, [join(scripts, "start.py"), name, ...args], {
      env: { ML_FOLDER: folder, ML_PACKAGES: "installed" },
    });
  const split = (data: string | Buffer | undefined, ...args: string[]) => {
    if (data !== undefined) put("processing/input/data/data.csv", data);
    return step("split", ...(args.length > 0 ? args : ["--test-percent", "30", "--seed", "1"]));
  };
  const train = (data: string, hyperparameters: object = { seed: "1", max_iter: "1000" }) => {
    put("input/config/hyperparameters.json", JSON.stringify(hyperparameters));
    put("input/data/train/train.csv", data);
    return step("train");
  };

  it("split the data by class, each row once, the same way each time", async () => {
    expect((await split(iris)).code).to.equal(0);
    const parts = ["train/train.csv", "test/test.csv"].map((path) => read(`processing/output/${path}`));
    const bodies = parts.map((part) => part.trim().split("\n").slice(1));
    expect(bodies.map(({ length }) => length)).to.deep.equal([105, 45]);
    expect(bodies.flat().sort()).to.deep.equal([...rows].sort());
    for (const species of ["setosa", "versicolor", "virginica"]) {
      expect(bodies[1]!.filter((row) => row.endsWith(species))).to.have.lengthOf(15);
    }
    await split(iris);
    expect(read("processing/output/test/test.csv")).to.equal(parts[1]);
    await split(iris, "--test-percent", "30", "--seed", "2");
    expect(read("processing/output/test/test.csv")).not.to.equal(parts[1]);
  });

  const secret = "73.13131";
  const bad: readonly (readonly [what: string, data: string | Buffer | undefined, reason: RegExp])[] = [
    ["nothing", undefined, /holds no \.csv file/],
    ["no row", table(header), /holds no row/],
    ["an empty file", "", /lacks the columns/],
    ["wrong column names", iris.replace("petal_width", "petalwidth"), /lacks the columns petal_width$/m],
    ["a column too many", iris.replaceAll(/$/gm, ",1").replace(",species,1", ",species,extra"), /1 columns besides/],
    ["a column twice", iris.replace("petal_width", "petal_length"), /names a column twice/],
    ["NaN", table(header, ...rows, "nan,3.5,1.4,0.2,setosa"), /line 152: sepal_length is not finite/],
    ["infinity", table(header, ...rows, "1,3.5,inf,0.2,setosa"), /line 152: petal_length is not finite/],
    ["an empty field", table(header, ...rows, "1,,1.4,0.2,setosa"), /line 152: sepal_width is not a number/],
    ["text", table(header, ...rows, `1,${secret}x,1.4,0.2,setosa`), /line 152: sepal_width is not a number/],
    ["a short row", table(header, ...rows, "1,2"), /line 152: has more or fewer fields/],
    ["a long row", table(header, ...rows, "1,2,3,4,setosa,6"), /line 152: has more or fewer fields/],
    ["an unknown class", table(header, ...rows, `1,2,3,4,${secret}`), /species is not one of setosa, versicolor/],
    ["one class only", table(header, ...rows.filter((row) => row.endsWith("setosa"))), /all rows are of one class/],
    ["a class with few rows", table(header, ...rows.slice(0, 105)), /fewer than 10 rows are of the class virginica/],
    ["what is not a text", Buffer.from([0xff, 0xfe, 0x00]), /is not CSV in UTF-8/],
  ];
  for (const [what, data, reason] of bad) {
    it(`refuse ${what}, with the reason in the failure file and no value of the data`, async () => {
      const ended = await split(data);
      expect(ended.code).to.equal(1);
      expect(read("output/message")).to.match(reason).and.not.contain(secret);
      expect(() => read("processing/output/train/train.csv")).to.throw();
    });
  }

  it("refuse settings that are no numbers, or out of range", async () => {
    for (const [percent, seed] of [
      ["0", "1"],
      ["91", "1"],
      ["x", "1"],
      ["30", "-1"],
      ["30", "1.5"],
    ]) {
      expect((await split(iris, "--test-percent", percent!, "--seed", seed!)).code, `${percent} ${seed}`).to.equal(1);
      expect(read("output/message")).to.match(/is not a whole number from/);
    }
    expect((await split(iris, "--test-percent", "30", "--seed")).code).to.equal(1);
    expect(read("output/message")).to.match(/not pairs/);
  });

  it("refuse a step that there is none of", async () => {
    expect((await step("os")).code).to.equal(1);
    expect(read("output/message")).to.match(/is not one of split, train, evaluate/);
  });

  it("train a model that gives the same predictions for the same data and seed, and says whence it is", async () => {
    const models = [];
    for (let time = 0; time < 2; time++) {
      expect((await train(iris)).code).to.equal(0);
      models.push(readFileSync(join(folder, "model/model.onnx")));
    }
    expect(models[0]!.equals(models[1]!)).to.equal(true);
    put("input/config/hyperparameters.json", JSON.stringify({ seed: "1", max_iter: "1000" }));
    await python(interpreter, [join(scripts, "start.py"), "train"], {
      env: { ML_FOLDER: folder, ML_PACKAGES: "installed", TRAINING_JOB_NAME: "pipelines-abc-Train" },
    });
    expect(readFileSync(join(folder, "model/model.onnx")).includes("pipelines-abc-Train")).to.equal(true);
  });

  it("leave a training job's reason in its failure file", async () => {
    expect((await train(table(header, ...rows, "1e39,1,1,1,setosa"))).code).to.equal(1);
    expect(read("output/failure")).to.match(/too large for FP32/);
    expect((await train(iris, { seed: "1" })).code).to.equal(1);
    expect(read("output/failure")).to.match(/max_iter is not a whole number/);
    expect(() => read("output/message")).to.throw();
  });

  const evaluated = async (archive: Buffer | undefined) => {
    if (archive !== undefined) put("processing/input/model/model.tar.gz", archive);
    put("processing/input/test/test.csv", iris);
    return step("evaluate");
  };

  it("judge the exported file itself, and report its digest and signature", async () => {
    const shipped = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
    const ended = await evaluated(tarGz([{ path: "model.onnx", content: shipped }]));
    expect(ended.code, ended.stderr).to.equal(0);
    const report = JSON.parse(read("processing/output/evaluation/evaluation.json")) as {
      multiclass_classification_metrics: { accuracy: { value: number } };
      model: object;
    };
    expect(report.multiclass_classification_metrics.accuracy.value).to.be.within(0.95, 0.99);
    expect(report.model).to.deep.include({
      bytes: shipped.length,
      inputs: [{ name: "features", type: "tensor(float)", shape: [-1, 4] }],
    });
  });

  const archives: readonly (readonly [what: string, archive: Buffer | undefined, reason: RegExp])[] = [
    ["no archive", undefined, /left no model\.tar\.gz/],
    ["an archive that is none", Buffer.from("none"), /is not a readable archive/],
    ["an archive without a model", tarGz([{ path: "other", content: Buffer.from("x") }]), /holds no model\.onnx/],
    ["a model above the folder", tarGz([{ path: "../model.onnx", content: Buffer.from("x") }]), /holds no model\.onnx/],
    ["a model that is none", tarGz([{ path: "model.onnx", content: Buffer.from("x") }]), /cannot be loaded/],
  ];
  for (const [what, archive, reason] of archives) {
    it(`refuse to judge ${what}`, async () => {
      expect((await evaluated(archive)).code).to.equal(1);
      expect(read("output/message")).to.match(reason);
    });
  }

  it("name a fault of their own by its class, and leave the rest to the log", async () => {
    put(
      "processing/input/model/model.tar.gz",
      tarGz([{ path: "model.onnx", content: readFileSync(join(projectRoot, "test/fixtures/models/add/model.onnx")) }]),
    );
    put("processing/input/test/test.csv", iris);
    expect((await step("evaluate")).code).to.equal(1);
    expect(read("output/message")).to.match(/^\w+ in the step evaluate: the log of the job has the rest$/);
  });

  it("run no package whose digest the lock does not name", async () => {
    put("processing/input/data/data.csv", iris);
    const bare = (env: Record<string, string>) =>
      python(interpreter, [join(scripts, "start.py"), "split", "--test-percent", "30", "--seed", "1"], { env });
    expect((await bare({ ML_FOLDER: folder })).code).to.equal(1);
    expect(read("output/message")).to.match(/wheels of the packages are not in the bucket/);
    put("processing/input/wheels/numpy-2.2.6-cp310-cp310-manylinux_2_17_x86_64.whl", "another's code");
    expect((await bare({ ML_FOLDER: folder })).code).to.equal(1);
    expect(read("output/message")).to.match(/are not those of the lock/);
  });

  it("are what makes the shipped model and its card", async () => {
    const ended = await python(interpreter, [join(scripts, "ship.py"), "--output", folder]);
    expect(ended.code, ended.stderr).to.equal(0);
    const card = readFileSync(join(projectRoot, "models/mymodel/README.md"), "utf8");
    // The digest may differ where the processor computes the last bit otherwise; the metrics may not.
    const withoutDigest = (text: string) => text.replace(/^\| SHA-256 .*$/m, "").replace(/^\| Size .*$/m, "");
    expect(withoutDigest(read("README.md"))).to.equal(withoutDigest(card));
  });
});
