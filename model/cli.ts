// `npm run model -- check models/x`: what of a model is served, what is not and why, before it is deployed.

import { existsSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../graph/evaluate";
import { folderTypedIn, readSet, stackOptionTypes, UsageError } from "../graph/options";
import { stackSettings } from "../graph/project";
import { checkFolder } from "./check-folder";
import { exampleFile, hasTransform } from "./code-around";
import { keptLoads } from "./load-check";
import { report } from "./report";

const usage = `npm run model -- check FOLDER [options]

  FOLDER             folder of one model, with its model.onnx: models/mymodel
  --stack NAME       stack whose function it is judged for: dev (default), prod
  --set key=value    override a setting; repeatable
  -h, --help         print this

Exit status: 1 if the model cannot be served as it is, 2 for wrong usage.`;

const typedIn = folderTypedIn("model");

async function main(): Promise<void> {
  const { positionals, values } = parsed();
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const folder = modelFolder(positionals);
  const { project, config } = stackSettings(projectRoot, values.stack, readSet(values.set), true);
  const memoryMb = Number(config[`${project}:modelMemory`]);
  const checked = await checkFolder(folder, memoryMb, keptLoads(projectRoot));
  const found = exampleFile(folder);
  const example = found && { ...found, file: relative(typedIn, found.file) };
  const beside = { transform: hasTransform(folder), example };
  process.stdout.write(`${report(basename(folder), checked, memoryMb, beside)}\n`);
  process.exitCode = checked.faults.length === 0 ? 0 : 1;
}

function parsed() {
  const options = { ...stackOptionTypes, help: { type: "boolean", short: "h", default: false } } as const;
  try {
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError naming what is wrong with the argument */
function modelFolder([command, path, ...others]: readonly string[]): string {
  if (command !== "check")
    throw new UsageError(`say what to do with which model: npm run model -- check models/mymodel`);
  if (path === undefined)
    throw new UsageError("check: name the folder of a model: npm run model -- check models/mymodel");
  if (others.length > 0) throw new UsageError(`check: takes one folder, and ${others.length + 1} were named`);
  const folder = resolve(typedIn, path);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`check ${path}: there is no such folder`);
  if (!found.isDirectory())
    throw new UsageError(
      `check ${path}: is a file; name the folder that holds it as model.onnx, such as models/mymodel`,
    );
  if (!existsSync(join(folder, "model.onnx")) || !statSync(join(folder, "model.onnx")).isFile())
    throw new UsageError(`check ${path}: holds no model.onnx; name the folder of one model, such as models/mymodel`);
  return folder;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
