// Resource types of SageMaker.

import { arn, type ResourceTypes, text } from "./resource-type";

export const sagemaker: ResourceTypes = {
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": {
    outputs: ({ inputs, region }) => ({
      id: text(inputs.modelPackageGroupName),
      arn: arn("sagemaker", region, `model-package-group/${text(inputs.modelPackageGroupName)}`),
    }),
    replaceOnChanges: ["modelPackageGroupName", "modelPackageGroupDescription"],
    // Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-delete-model-group.html
    emptiedFirst: "docs/runbook.md (Empty the model registry)",
    reviewed: "read by rules",
  },
  "aws:sagemaker/pipeline:Pipeline": {
    outputs: ({ inputs, region }) => ({
      id: text(inputs.pipelineName),
      arn: arn("sagemaker", region, `pipeline/${text(inputs.pipelineName).toLowerCase()}`),
    }),
    replaceOnChanges: ["pipelineName"],
    reviewed: "read by rules",
  },
};
