// The models that a program serves, as their files describe them: read from the archives of its graph.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { manifestFile, type ModelManifest } from "../contract";
import { archived, type Graph, ofType } from "../graph/resource";
import { type OnnxModel, readModel } from "../onnx/model";
import { servedOutputs } from "../onnx/served-outputs";
import { servedType } from "../onnx/served-signature";
import { datatypeOfType, signature, type V2Datatype } from "../onnx/signature";
import type { Dimension } from "../onnx/value-type";

export interface TensorDescription {
  readonly name: string;
  readonly datatype: V2Datatype;
  /** Sizes of the dimensions, `undefined` for any size; `undefined` as a whole: any rank. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface ModelDescription {
  readonly name: string;
  /** First 12 hex digits of its digest. */
  readonly version: string;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** Whether code around the model decides what the routes outside `/v2` take and give. */
  readonly transformed: boolean;
  /** Content of the file `example.json` beside the model. */
  readonly example?: unknown;
}

/** In the order of their names. */
export function modelsOf(graph: Graph): ModelDescription[] {
  const archives = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").map(archived);
  const manifest = archives.flatMap((files) => files[manifestFile] ?? []).find((asset) => "text" in asset);
  if (manifest === undefined || !("text" in manifest)) return [];
  const pins = (JSON.parse(manifest.text) as ModelManifest).models;
  return Object.entries(pins).flatMap(([name, pinned]) => {
    const file = archives.flatMap((files) => files[`models/${name}/model.onnx`] ?? [])[0];
    if (file === undefined || !("path" in file)) return [];
    return [
      {
        name,
        version: pinned.digest.slice(0, 12),
        ...described(readModel(readFileSync(file.path))),
        transformed: "transform" in pinned,
        ...exampleBeside(file.path),
      },
    ];
  });
}

/** @throws Error naming the file if it is not JSON */
function exampleBeside(model: string): Pick<ModelDescription, "example"> {
  const file = join(dirname(model), "example.json");
  if (!existsSync(file)) return {};
  try {
    return { example: JSON.parse(readFileSync(file, "utf8")) as unknown };
  } catch {
    throw new Error(`${file}: is not JSON`);
  }
}

function described(model: OnnxModel): Pick<ModelDescription, "inputs" | "outputs"> {
  const { inputs } = signature(model);
  return {
    inputs: inputs.flatMap(({ name, datatype, shape }) =>
      datatype === undefined ? [] : [{ name, datatype, shape: sizes(shape) }],
    ),
    outputs: servedOutputs(model).flatMap((served) => {
      const type = servedType(model.graph, served);
      const datatype = type && datatypeOfType(type);
      return datatype === undefined ? [] : [{ name: served.name, datatype, shape: sizes(type?.shape) }];
    }),
  };
}

function sizes(shape: readonly Dimension[] | undefined): TensorDescription["shape"] {
  return shape?.map((size) => (typeof size === "number" && size >= 0 ? size : undefined));
}
