// `npm run types`: writes the types that transforms are written against, and checks the transforms with them.

import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { folderTypedIn, parseOptions, UsageError } from "../graph/options";
import { typeErrors } from "./type-check";
import { modelsWithTransform, writeTypes } from "./write-types";

const usage = `npm run types -- [options]

  --models DIR       folder of the models (default: models)
  --model NAME       this model alone, also one that has no transform yet
  -h, --help         print this

Writes model.ts beside each model that has a transform.ts, and checks the types of the transforms.
Exit status: 1 if one does not compile, 2 for wrong usage or a model that cannot be read.`;

const typedIn = folderTypedIn("types");

function main(): void {
  const options = { models: { type: "string" }, model: { type: "string" } } as const;
  const { models, model, help } = parseOptions(process.argv.slice(2), options);
  if (help) return void process.stdout.write(`${usage}\n`);
  const folder = models === undefined ? join(projectRoot, "models") : resolve(typedIn, models);
  if (model !== undefined && !existsSync(join(folder, model, "model.onnx")))
    throw new UsageError(`--model ${model}: there is no ${relative(".", join(folder, model, "model.onnx"))}`);
  const names = model === undefined ? modelsWithTransform(folder) : [model];
  for (const file of writeTypes(folder, names)) process.stdout.write(`${relative(".", file)} is written\n`);
  const files = names.map((name) => join(folder, name, "transform.ts")).filter((file) => existsSync(file));
  const errors = files.length === 0 ? "" : typeErrors(files);
  process.stdout.write(errors === "" ? `${files.length} transforms compile\n` : errors);
  process.exitCode = errors === "" ? 0 : 1;
}

try {
  main();
} catch (error) {
  process.stderr.write(`npm run types: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
