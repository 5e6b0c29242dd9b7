// An example request for the default model, for the commands that `npm start` prints: the file beside the model, or one made from its
// metadata.

import { join } from "node:path";
import { type ExampleFile, exampleFile } from "../../model/code-around";
import { exampleTensors, jsonRequest } from "../../model/example-request";
import type { Functions } from "../functions/environments/invocation";
import { modelMetadata, type ServedModels } from "./served-models";

/** A body as text, or a file. */
export type ExampleRequest = { readonly json: string } | ExampleFile;

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
  const file = exampleFile(join(folder, standard));
  if (file !== undefined) return file;
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
