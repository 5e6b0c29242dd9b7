// Resource types of SageMaker.

import { arn, type ResourceTypes, text } from "./resource-type";

export const sagemaker: ResourceTypes = {
  "aws:sagemaker/endpoint:Endpoint": {
    outputs: ({ inputs, region }) => ({
      id: text(inputs.name),
      arn: arn("sagemaker", region, `endpoint/${text(inputs.name).toLowerCase()}`),
    }),
    replaceOnChanges: ["name"],
    reviewed: "read by rules",
  },
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": {
    outputs: ({ region, physical }) => ({
      id: physical,
      name: physical,
      arn: arn("sagemaker", region, `endpoint-config/${physical.toLowerCase()}`),
    }),
    replaceOnChanges: [
      "asyncInferenceConfig",
      "dataCaptureConfig",
      "executionRoleArn",
      "kmsKeyArn",
      "name",
      "namePrefix",
      "productionVariants",
      "shadowProductionVariants",
    ],
    reviewed: "read by rules",
  },
  "aws:sagemaker/model:Model": {
    outputs: ({ region, physical }) => ({
      id: physical,
      name: physical,
      arn: arn("sagemaker", region, `model/${physical.toLowerCase()}`),
    }),
    replaceOnChanges: [
      "containers",
      "enableNetworkIsolation",
      "executionRoleArn",
      "inferenceExecutionConfig",
      "name",
      "primaryContainer",
      "vpcConfig",
    ],
    reviewed: "read by rules",
  },
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
