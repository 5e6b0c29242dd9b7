// The PyTorch and Hugging Face lines of docs/models.md, from training to a prediction through the function and its
// transform. Their packages take gigabytes, so no test installs them: TORCH_PYTHON names an interpreter that has them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { expect } from "chai";
import { readModels } from "../../infra/function/models";
import { NoPython } from "../../local/training/jobs/python";
import { checkFolder } from "../../model/check-folder";
import { keptLoads } from "../../model/load-check";
import { typeErrors } from "../../transforms/type-check";
import { writeTypes } from "../../transforms/write-types";
import { start, type Started } from "../lambda/function";
import { orSkip, python } from "../training/python";
import { blocks } from "./page";

/** Path of an interpreter that has the packages; throws NoPython, which skips the test. */
async function withPackages(packages: readonly string[]): Promise<string> {
  const cure = `to run it: python3 -m venv v && v/bin/pip install ${packages.join(" ")}, then TORCH_PYTHON=$PWD/v/bin/python`;
  const interpreter = process.env["TORCH_PYTHON"];
  if (!interpreter) throw new NoPython(`the packages take gigabytes and are not installed by tests; ${cure}`);
  const modules = packages.map((name) => name.replace("scikit-learn", "sklearn"));
  const { code } = await python(interpreter, ["-c", `import ${modules.join(", ")}`]).catch(() => ({ code: 1 }));
  if (code !== 0) throw new NoPython(`TORCH_PYTHON has not all of ${packages.join(", ")}; ${cure}`);
  return interpreter;
}

/** The transform that a bundle exports. */
function requestOf(code: string) {
  const module = { exports: {} };
  (new Function("module", "exports", code) as (...given: unknown[]) => void)(module, module.exports);
  const made = module.exports as { default: { request(body: unknown): { input_ids: { data: BigInt64Array } } } };
  return made.default;
}

describe("The lines of docs/models.md, with a transform", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exports-"));
    mkdirSync(join(folder, "models"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a script, and reads the JSON that its last line is. */
  async function run(interpreter: string, script: string): Promise<unknown> {
    const program = `import os\nos.chdir(${JSON.stringify(folder)})\n${script}`;
    const { code, stdout, stderr } = await python(interpreter, ["-W", "ignore", "-c", program], {
      env: { HF_HUB_OFFLINE: "1", OMP_NUM_THREADS: "1" },
    });
    expect(code, stderr.slice(-2000)).to.equal(0);
    return JSON.parse(stdout.trim().split("\n").at(-1)!);
  }

  /** Puts the page's transform beside the model, checks both, and starts the function with them. */
  async function served(name: string, heading: string): Promise<Started & { readonly code: string }> {
    const directory = join(folder, "models");
    const file = join(directory, name, "transform.ts");
    writeFileSync(file, blocks(heading, "ts")[0]!);
    writeTypes(directory, [name]);
    expect(typeErrors([file])).to.equal("");
    expect((await checkFolder(join(directory, name), 1769, keptLoads(folder))).faults).to.deep.equal([]);
    const { manifest, transforms } = readModels(directory);
    const [code] = Object.entries(transforms)
      .find(([path]) => path.endsWith(".js"))!
      .slice(1);
    return { ...start([name], { directory, manifest, beside: transforms }), code: code! };
  }

  function expectClose(values: readonly number[], wanted: readonly number[]): void {
    expect(values).to.have.length(wanted.length);
    values.forEach((value, index) => expect(value).to.be.closeTo(wanted[index]!, 1e-4));
  }

  it("go from training to a prediction that is torch's: PyTorch", async function () {
    const interpreter = await orSkip(this, () => withPackages(["torch", "onnxscript", "scikit-learn"]));
    const asked = `
import json
grey = (images[:40] * 255 / 16).round()
with torch.no_grad():
    scores = model(grey * 16 / 255)
print(json.dumps({"grey": grey.int().flatten(1).tolist(), "scores": scores.tolist(), "digits": y[:40].tolist()}))
`;
    const said = (await run(interpreter, blocks("PyTorch", "python")[0]! + asked)) as {
      grey: number[][];
      scores: number[][];
      digits: number[];
    };
    const fn = await served("picture", "PyTorch");
    let right = 0;
    for (const [index, grey] of said.grey.entries()) {
      const png = new PNG({ width: 8, height: 8 });
      png.data.set(grey.flatMap((value) => [value, value, value, 255]));
      const reply = await fn.post("/picture", PNG.sync.write(png), { "Content-Type": "image/png" });
      expect(reply.status, reply.text).to.equal(200);
      const wanted = said.scores[index]!;
      expectClose(reply.json["scores"] as number[], wanted);
      expect(reply.json["class"]).to.equal(wanted.indexOf(Math.max(...wanted)));
      if (reply.json["class"] === said.digits[index]) right++;
    }
    expect(right).to.be.above(35); // It has learnt something: not any ten numbers are compared.
    const data = said.grey.slice(0, 3).flatMap((grey) => grey.map((value) => (value * 16) / 255));
    const inputs = [{ name: "image", shape: [3, 1, 8, 8], datatype: "FP32", data }];
    const batch = await fn.post("/v2/models/picture/infer", { inputs });
    const [scores] = batch.json["outputs"] as { data: number[] }[];
    expectClose(scores!.data, said.scores.slice(0, 3).flat());
    const text = await fn.post("/picture", Buffer.from("x".repeat(40)), { "Content-Type": "image/png" });
    expect(text.status).to.equal(422);
  });

  it("go from training to a prediction that is transformers' own: Hugging Face", async function () {
    const interpreter = await orSkip(this, () => withPackages(["torch", "onnxscript", "transformers"]));
    const texts = [
      ..."Good value!|BAD, bad quality...|very good|Zebra & good (cheap)?|café: gôod|it's bad-and-dear|unknownword".split(
        "|",
      ),
      "",
      "  good\tand\ncheap  ",
      "漢字 good 漢",
      "a+b=c $5 <good> `bad` ~ ^ | 🙂 bad",
      "İstanbul ŞIK good ﬁne",
      "good\u0000 bad\u200b cheap\u00a0dear \u2014 \u201cbad\u201d",
      `${"g".repeat(101)} good`,
      "very good and cheap ".repeat(40),
    ];
    const asked = `
texts = json.loads(${JSON.stringify(JSON.stringify(texts))})
said = []
for text in texts:
    given = tokenizer(text, truncation=True, max_length=64, return_tensors="pt")
    with torch.no_grad():
        scores = model(**given).logits.softmax(-1)[0]
    said.append({"ids": given["input_ids"][0].tolist(), "label": model.config.id2label[int(scores.argmax())], "score": float(scores.max())})
print(json.dumps(said))
`;
    const said = (await run(interpreter, [...blocks("Hugging Face", "python"), asked].join("\n"))) as {
      ids: number[];
      label: string;
      score: number;
    }[];
    const fn = await served("sentiment", "Hugging Face");
    // The tokens too: a model that is sure of itself gives the same score for others.
    const { request } = requestOf(fn.code);
    const found = new Set<unknown>();
    for (const [index, text] of texts.entries()) {
      const { ids, label, score } = said[index]!;
      expect(Array.from(request({ text }).input_ids.data, Number), text).to.deep.equal(ids);
      const reply = await fn.post("/sentiment", { text });
      expect(reply.status, reply.text).to.equal(200);
      expect(reply.json["label"], text).to.equal(label);
      expect(reply.json["score"], text).to.be.closeTo(score, 1e-5);
      found.add(label);
    }
    expect(found.size).to.equal(2);
    expect((await fn.post("/sentiment", { text: 1 })).status).to.equal(400);
  });
});
