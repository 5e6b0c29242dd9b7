// The models that a graph deploys, where their files lie on this machine, and the memory of the function that serves them.

import { dirname } from "node:path";
import { environment } from "../contract";
import { type Archive, type Asset, type Graph, ofType } from "../graph/resource";

export interface DeployedModel {
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  /** Memory of the function, in MB. */
  readonly memoryMb: number;
}

/** None if the graph has no model function. */
export function deployedModels(graph: Graph): DeployedModel[] {
  const lambda = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => {
    const { variables } = (inputs.environment ?? {}) as { variables?: Record<string, string> };
    return variables?.[environment.modelsDirectory] !== undefined;
  });
  if (lambda === undefined) return [];
  const memoryMb = Number(lambda.inputs.memorySize);
  return ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").flatMap(({ inputs }) => {
    const archive = (inputs.source as Partial<Archive> | undefined)?.archive;
    if (archive === undefined || !("files" in archive)) return [];
    return Object.entries(archive.files).flatMap(([path, file]): readonly DeployedModel[] => {
      const name = /^models\/([^/]+)\/model\.onnx$/.exec(path)?.[1];
      const asset = (file as Partial<Asset>).asset;
      if (name === undefined || asset === undefined || !("path" in asset)) return [];
      return [{ name, folder: dirname(asset.path), memoryMb }];
    });
  });
}
