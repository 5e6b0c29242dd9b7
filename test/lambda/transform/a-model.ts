// Models with transforms, bundled as they are deployed, and the function that serves them.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readModels } from "../../../infra/function/models";
import { fixtures, shipped, start, type Started } from "../function";

/** What the generated model.ts gives a transform; its types are tested with the generator. */
const refused = `export class Refused extends Error {
  override readonly name = "Refused";
  constructor(message: string, readonly status = 400) { super(message); }
}`;

/** The files of a model's folder besides model.onnx, by path; `from`: the model's own file. */
export interface Files {
  readonly from?: "mymodel" | "add" | "identity-bytes" | "identity-fp32" | "vector" | "scalar";
  readonly files: Readonly<Record<string, string>>;
}

/** A folder of models; the test must remove it. */
export function folderOf(models: Readonly<Record<string, Files>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "transforms-"));
  for (const [name, { from = "mymodel", files }] of Object.entries(models)) {
    mkdirSync(path.join(folder, name));
    cpSync(
      path.join(from === "mymodel" ? shipped : fixtures, from, "model.onnx"),
      path.join(folder, name, "model.onnx"),
    );
    for (const [file, text] of Object.entries({ "model.ts": refused, ...files })) {
      mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
      writeFileSync(path.join(folder, name, file), text);
    }
  }
  return folder;
}

/** Starts the function with these models; the first is the default. */
export function startWith(models: Readonly<Record<string, Files>>): Started & { remove(): void } {
  const directory = folderOf(models);
  const { manifest, transforms } = readModels(directory);
  const fn = start(Object.keys(models), { directory, manifest, beside: transforms });
  return { ...fn, remove: () => rmSync(directory, { recursive: true }) };
}

/** A transform of the shipped model. */
export function startTransform(source: string, files: Files["files"] = {}): ReturnType<typeof startWith> {
  return startWith({ mymodel: { files: { ...files, "transform.ts": source } } });
}
