// What the pipeline's own role may do. A pure function of ARNs.

import { arn } from "../../base/location";
import { prefixes } from "./pipeline-definition";
import type { PipelineArns } from "./step-roles";

/** Starts jobs with the steps' roles, reads the report the model and its own definition, and registers the model; reads no training data. */
export function pipelinePolicy(arns: PipelineArns): object {
  const { location, bucketArn, keyArn, group, roleArns } = arns;
  // SageMaker begins the names of a pipeline's jobs with `pipelines-`.
  const processing = arn(location, "sagemaker", "processing-job/pipelines-*");
  const training = arn(location, "sagemaker", "training-job/pipelines-*");
  const groupArn = arn(location, "sagemaker", `model-package-group/${group}`);
  const packages = [groupArn, arn(location, "sagemaker", `model-package/${group}/*`)];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ProcessingJobs",
        Effect: "Allow",
        Action: ["sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
        Resource: processing,
      },
      {
        Sid: "TrainingJobs",
        Effect: "Allow",
        Action: ["sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"],
        Resource: training,
      },
      {
        Sid: "Registration",
        Effect: "Allow",
        Action: ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage"],
        Resource: packages,
      },
      // Every registration first calls CreateModelPackageGroup: SageMaker tolerates an existing group, but no denial.
      { Sid: "Group", Effect: "Allow", Action: "sagemaker:CreateModelPackageGroup", Resource: groupArn },
      { Sid: "Tags", Effect: "Allow", Action: "sagemaker:AddTags", Resource: [processing, training, ...packages] },
      {
        Sid: "StepRoles",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: Object.values(roleArns),
        Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
      },
      {
        Sid: "Report",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: [`${bucketArn}/${prefixes.evaluate}/*`, `${bucketArn}/${prefixes.train}/*`],
      },
      // AWS does not document as whom CreatePipeline and UpdatePipeline read the definition: as the caller, or as this
      // role. Both may read it, in the version that the pipeline names.
      // Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineDefinitionS3Location.html
      {
        Sid: "Definition",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion"],
        Resource: `${bucketArn}/${prefixes.definition}/*`,
      },
      { Sid: "Encryption", Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn },
    ],
  };
}
