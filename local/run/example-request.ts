// An example request for the default model, for the commands that `npm start` prints: the file beside the model, or one made from its
// metadata.

import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { Functions } from "../functions/environments/invocation";
import { modelMetadata, type ServedModels } from "./served-models";

/** A body as text, or the path of a file and its media type. */
export type ExampleRequest = { readonly json: string } | { readonly file: string; readonly contentType: string };

/** Media types of example files by their ending; others are bytes. */
const mediaTypes: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".wav": "audio/wav",
  ".txt": "text/plain",
  ".csv": "text/csv",
};

/**
 * @param folder of the models
 * @returns undefined if there is no file and the model has a transform, whose bodies nobody else knows; if the function does not
 * describe the model; or if an input has more elements than fit a line
 */
export async function exampleRequest(
  functions: Functions,
  { functionArn, standard, transformed }: ServedModels,
  folder: string,
): Promise<ExampleRequest | undefined> {
  const own = join(folder, standard);
  const file = existsSync(own) ? readdirSync(own).find((name) => /^example\.\w+$/.test(name)) : undefined;
  if (file !== undefined)
    return { file: join(own, file), contentType: mediaTypes[extname(file)] ?? "application/octet-stream" };
  if (transformed) return undefined;
  const json = await madeExample(functions, functionArn, standard);
  return json === undefined ? undefined : { json };
}

/** Largest number of elements in an input that still fits a line to paste. */
const longest = 64;

/** Measurements of an iris flower, repeated: realistic for the shipped model, and as good as any for another. */
const flower = [5.1, 3.5, 1.4, 0.2];

async function madeExample(functions: Functions, functionArn: string, model: string): Promise<string | undefined> {
  const metadata = await modelMetadata(functions, functionArn, model);
  if (metadata === undefined) return undefined;
  const tensors = metadata.inputs.map(({ name, datatype, shape }) => {
    const fixed = shape.map((size) => (size < 0 ? 1 : size));
    const count = fixed.reduce((product, size) => product * size, 1);
    return { name, shape: fixed, datatype, data: count > longest ? undefined : values(datatype, count) };
  });
  return tensors.some(({ data }) => data === undefined) ? undefined : JSON.stringify({ inputs: tensors });
}

function values(datatype: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    if (datatype === "BYTES") return "text";
    if (datatype === "BOOL") return index % 2 === 0;
    return datatype.startsWith("FP") ? flower[index % flower.length] : 1;
  });
}
