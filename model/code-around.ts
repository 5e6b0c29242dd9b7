// What lies beside a model for its callers: the code around it, and an example of a body.

import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";

/** A file that can be sent as it is, and its media type. */
export interface ExampleFile {
  readonly file: string;
  readonly contentType: string;
}

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

/** @param folder of the model. @returns undefined if it holds no file `example.*` */
export function exampleFile(folder: string): ExampleFile | undefined {
  const name = existsSync(folder) ? readdirSync(folder).find((each) => /^example\.\w+$/.test(each)) : undefined;
  if (name === undefined) return undefined;
  return { file: join(folder, name), contentType: mediaTypes[extname(name)] ?? "application/octet-stream" };
}

/** Whether the model is called through a `transform.ts`. */
export function hasTransform(folder: string): boolean {
  return existsSync(join(folder, "transform.ts"));
}
