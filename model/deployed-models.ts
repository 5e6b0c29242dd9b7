// The models that a graph deploys, where their files lie on this machine, and the memory of the function that serves them.

import { dirname } from "node:path";
import { environment } from "../contract";
import { archived, type Graph, ofType } from "../graph/resource";

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
  return ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").flatMap((object) =>
    Object.entries(archived(object)).flatMap(([path, file]): readonly DeployedModel[] => {
      const name = /^models\/([^/]+)\/model\.onnx$/.exec(path)?.[1];
      return name === undefined || !("path" in file) ? [] : [{ name, folder: dirname(file.path), memoryMb }];
    }),
  );
}
