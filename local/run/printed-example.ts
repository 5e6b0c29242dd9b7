// An example request for the default model, for the commands that `npm start` prints: the file beside the model, or one made from its
// metadata.

import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { exampleTensors, jsonRequest } from "../../model/example-request";
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

/** @returns the body of an inference request; undefined if the function does not describe the model, or it would be too long */
async function madeExample(functions: Functions, functionArn: string, model: string): Promise<string | undefined> {
  const metadata = await modelMetadata(functions, functionArn, model);
  const tensors = metadata && exampleTensors(metadata.inputs);
  return tensors && jsonRequest(tensors);
}
