// The steps of a SageMaker pipeline, whose definition is part of the resource or an S3 object that it refers to.
// Source: https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/

import type { Resource } from "../../../graph/resource";
import { at, list, parse, type Plain, record, text, Unreadable } from "../../queries/read";
import type { View } from "../../queries/view";

export const pipelineType = "aws:sagemaker/pipeline:Pipeline";

export interface Step {
  readonly name: string;
  readonly type: string;
  readonly arguments: Plain;
}

/**
 * All steps, including those in branches of conditions.
 * @throws Unreadable if the definition cannot be found or parsed
 */
export function stepsOf(pipeline: Resource, view: View): Step[] {
  return list(definition(pipeline, view).Steps).flatMap(stepsWithin);
}

function stepsWithin(item: unknown): Step[] {
  const args = record(at(item, "Arguments"));
  const inner = [...list(args.IfSteps), ...list(args.ElseSteps)].flatMap(stepsWithin);
  return [{ name: text(at(item, "Name")), type: text(at(item, "Type")), arguments: args }, ...inner];
}

function definition({ inputs }: Resource, view: View): Plain {
  if (inputs.pipelineDefinition !== undefined) return parse(inputs.pipelineDefinition, "pipelineDefinition");
  const place = inputs.pipelineDefinitionS3Location;
  const object = view
    .ofType("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject")
    .find(
      (candidate) =>
        candidate.outputs.bucket === at(place, "bucket") && candidate.inputs.key === at(place, "objectKey"),
    );
  const content = object?.inputs.content;
  if (typeof content !== "string") throw new Unreadable("the pipeline's definition is not an object of this program");
  return parse(content, "definition");
}
