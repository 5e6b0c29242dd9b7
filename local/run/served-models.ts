// Which models a graph serves: read from the manifest packed with the function's code, as the function itself does.

import { environment, manifestFile, type ModelManifest } from "../../contract";
import { type Archive, type Asset, type Graph, ofType } from "../../graph/resource";

export interface ServedModels {
  /** ARN of the model function's alias. */
  readonly functionArn: string;
  readonly names: readonly string[];
  /** Name of the default model, which the plain routes serve. */
  readonly standard: string;
}

/** @returns undefined if the graph has no model function */
export function servedModels(graph: Graph): ServedModels | undefined {
  for (const lambda of ofType(graph, "aws:lambda/function:Function")) {
    const { variables } = lambda.inputs.environment as { variables: Record<string, string> };
    const standard = variables[environment.defaultModel];
    const alias = ofType(graph, "aws:lambda/alias:Alias").find(
      ({ inputs }) => inputs.functionName === lambda.inputs.name,
    );
    const names = Object.keys(manifestOf(graph, String(lambda.inputs.s3Key))?.models ?? {});
    if (standard === undefined || alias === undefined) continue;
    return { functionArn: String(alias.outputs.arn), names, standard };
  }
  return undefined;
}

function manifestOf(graph: Graph, key: string): ModelManifest | undefined {
  const object = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find(({ inputs }) => inputs.key === key);
  const archive = (object?.inputs.source as Archive | undefined)?.archive;
  const file = archive && "files" in archive ? (archive.files[manifestFile] as Asset | undefined)?.asset : undefined;
  return file && "text" in file ? (JSON.parse(file.text) as ModelManifest) : undefined;
}
