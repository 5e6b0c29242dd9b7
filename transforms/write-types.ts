// Writes `model.ts` beside the models that have a transform, so that it is written against the model that is there.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readModel } from "../onnx/model";
import { servedOutputs } from "../onnx/served-outputs";
import { signature } from "../onnx/signature";
import { modelTypes, type ServedTensor } from "./model-types";

/** The models of a folder that have a transform, sorted by name. */
export function modelsWithTransform(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => ["model.onnx", "transform.ts"].every((file) => existsSync(join(folder, name, file))))
    .sort();
}

/** The types of a model as they should stand. @throws MalformedModel if its file is not ONNX */
export function typesOf(folder: string, model: string): string {
  const file = readModel(readFileSync(join(folder, model, "model.onnx")));
  const { inputs, outputs } = signature(file);
  // A transform gets the tensors that are served: also those behind a map or a sequence.
  const served = servedOutputs(file).flatMap(({ name, tensor, labels }): ServedTensor[] => {
    if (tensor === undefined) return [];
    const stated = outputs.find((output) => output.name === name && output.datatype !== undefined);
    // A ZipMap's scores are floats (https://onnx.ai/onnx/operators/onnx_aionnxml_ZipMap.html).
    return [stated ?? { name, datatype: labels === undefined ? "any" : "FP32", shape: undefined }];
  });
  return modelTypes({ inputs, outputs: served });
}

/**
 * Writes the types of these models, unless they stand.
 * @returns the files that were written
 * @throws MalformedModel for a model that cannot be read, and the file system's error
 */
export function writeTypes(folder: string, models: readonly string[]): string[] {
  return models.flatMap((model) => {
    const file = join(folder, model, "model.ts");
    const types = typesOf(folder, model);
    if (existsSync(file) && readFileSync(file, "utf8") === types) return [];
    writeFileSync(file, types);
    return [file];
  });
}
