// The program's pipeline: reads the same definition that is deployed, from the S3 object that the pipeline names.

import { type Graph, ofType } from "../../../graph/resource";
import { UsageError } from "../../../graph/options";
import { ExecutionFailed } from "./expressions";

export interface Step {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly PropertyFiles?: readonly { PropertyFileName: string; OutputName: string; FilePath: string }[];
}

export interface Definition {
  readonly Version: string;
  readonly Parameters: readonly {
    readonly Name: string;
    readonly Type: string;
    readonly DefaultValue: string | number;
    readonly EnumValues?: readonly string[];
  }[];
  readonly Steps: readonly Step[];
}

export interface LocalPipeline {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly bucket: string;
  readonly definition: Definition;
}

/**
 * @throws Error if the program has no pipeline, not the object that it names, or a definition of another schema version
 */
export function pipelineOf(graph: Graph): LocalPipeline {
  const [pipeline] = ofType(graph, "aws:sagemaker/pipeline:Pipeline");
  if (pipeline === undefined) throw new Error("the program deploys no training pipeline: --set sagemaker=true");
  const location = pipeline.inputs.pipelineDefinitionS3Location as Record<"bucket" | "objectKey" | "versionId", string>;
  const object = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find(
    ({ inputs, outputs }) =>
      inputs.bucket === location.bucket &&
      inputs.key === location.objectKey &&
      outputs.versionId === location.versionId,
  );
  const content = object?.inputs.content;
  if (typeof content !== "string")
    throw new Error("the program does not contain the object that the pipeline names as its definition");
  const definition = JSON.parse(content) as Definition;
  if (definition.Version !== "2020-12-01") throw new Error("the pipeline's definition is of another schema");
  return {
    name: String(pipeline.inputs.pipelineName),
    arn: String(pipeline.outputs.arn),
    roleArn: String(pipeline.inputs.roleArn),
    bucket: location.bucket,
    definition,
  };
}

/** Short names of parameters, for the command line. */
const short: Readonly<Record<string, string>> = {
  threshold: "AccuracyThreshold",
  approval: "ModelApprovalStatus",
  data: "InputData",
};

/**
 * Separates `--set` values: short names and names with an initial capital are pipeline parameters, the others settings.
 */
export function splitSet(set: Readonly<Record<string, unknown>>): {
  parameters: Record<string, string>;
  settings: Record<string, unknown>;
} {
  const isParameter = (key: string) => key in short || /^[A-Z]/.test(key);
  const entries = Object.entries(set);
  return {
    parameters: Object.fromEntries(
      entries.filter(([key]) => isParameter(key)).map(([key, value]) => [short[key] ?? key, String(value)]),
    ),
    settings: Object.fromEntries(entries.filter(([key]) => !isParameter(key))),
  };
}

/**
 * All parameter values of an execution, defaults included. @throws UsageError naming an unknown or invalid parameter
 */
export function parametersOf(
  { Parameters }: Definition,
  given: Readonly<Record<string, string>>,
): Record<string, string | number> {
  for (const name of Object.keys(given)) {
    if (!Parameters.some(({ Name }) => Name === name)) {
      throw new UsageError(
        `the pipeline has no parameter ${name}; it has ${Parameters.map(({ Name }) => Name).join(", ")}`,
      );
    }
  }
  return Object.fromEntries(
    Parameters.map(({ Name, Type, DefaultValue, EnumValues }) => {
      const value = given[Name];
      if (value === undefined) return [Name, DefaultValue];
      if (EnumValues !== undefined && !EnumValues.includes(value)) {
        throw new UsageError(`${Name} is not one of ${EnumValues.join(", ")}`);
      }
      if (Type !== "Float") return [Name, value];
      if (!/^-?\d+(\.\d+)?$/.test(value)) throw new UsageError(`${Name} is not a number`);
      return [Name, Number(value)];
    }),
  );
}

// The steps of a definition: sorted by their dependencies, or flattened to include those inside conditions.

/** Sorts steps so that each follows those whose properties it refers to. @throws ExecutionFailed for a cycle */
export function inOrder(steps: readonly Step[]): Step[] {
  const waiting = [...steps];
  const ordered: Step[] = [];
  const names = (step: Step) =>
    [...JSON.stringify(step.Arguments).matchAll(/"Get":"Steps\.([^."]+)\./g)].map((m) => m[1]!);
  while (waiting.length > 0) {
    const next = waiting.findIndex((step) => names(step).every((name) => !waiting.some(({ Name }) => Name === name)));
    if (next < 0) throw new ExecutionFailed("the steps wait for one another");
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** The steps, each followed by those in its branches, recursively. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    const { IfSteps = [], ElseSteps = [] } = step.Arguments as { IfSteps?: Step[]; ElseSteps?: Step[] };
    return [step, ...allSteps(IfSteps), ...allSteps(ElseSteps)];
  });
}
