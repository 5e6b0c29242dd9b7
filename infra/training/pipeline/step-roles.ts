// What each job of the pipeline may do: pure functions of ARNs. A step reads what earlier steps wrote, and writes only
// under its own prefix; none can register, publish, or change another step's output.

import type { Allowed } from "../../base/policy-statements";
import { arn, type Location } from "../../base/location";
import { imageStatements, interfaceStatements, volumeStatement } from "../../base/sagemaker-role";
import { type JobStep, jobSteps, prefixes } from "./pipeline-definition";

/** The ARNs and names that the policies refer to. */
export interface PipelineArns {
  readonly location: Location;
  readonly bucketArn: string;
  /** KMS key of the bucket, the volumes and the outputs. */
  readonly keyArn: string;
  /** ECR repository of the image. */
  readonly repositoryArn: string;
  /** Name of the model package group. */
  readonly group: string;
  readonly roleArns: Readonly<Record<JobStep, string>>;
  /** Whether the jobs run in the stack's own network. */
  readonly inNetwork: boolean;
}

/** Prefixes that each step reads besides the code and the wheels. */
const reads: Readonly<Record<JobStep, readonly string[]>> = {
  split: [prefixes.data],
  train: [prefixes.split],
  evaluate: [prefixes.split, prefixes.train],
};

export function stepPolicy(step: JobStep, arns: PipelineArns): object {
  const { location, bucketArn, keyArn } = arns;
  const read = [prefixes.code, prefixes.wheels, ...reads[step]];
  const jobs = step === "train" ? "TrainingJobs" : "ProcessingJobs";
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Read",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: read.map((prefix) => `${bucketArn}/${prefix}/*`),
      },
      {
        Sid: "Find",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucketArn,
        Condition: { StringLike: { "s3:prefix": read.map((prefix) => `${prefix}/*`) } },
      },
      { Sid: "Write", Effect: "Allow", Action: "s3:PutObject", Resource: `${bucketArn}/${prefixes[step]}/*` },
      {
        Sid: "Encryption",
        Effect: "Allow",
        // S3 needs data keys; SageMaker needs Encrypt if a job names the key of its output.
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
      },
      volumeStatement(keyArn),
      ...imageStatements(arns.repositoryArn),
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:/aws/sagemaker/${jobs}:*`),
      },
      {
        Sid: "Metrics",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        // CloudWatch supports no resource-level permissions for this action; the namespace limits it.
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": `/aws/sagemaker/${jobs}` } },
      },
      ...(arns.inNetwork ? interfaceStatements : []),
    ],
  };
}

/** What all jobs together read and write, and what the S3 endpoint of their network therefore has to let through. */
export function jobStorage(bucketArn: string): Allowed[] {
  const read = [...new Set([prefixes.code, prefixes.wheels, ...jobSteps.flatMap((step) => reads[step])])];
  const objects = (names: readonly string[]) => names.map((prefix) => `${bucketArn}/${prefix}/*`);
  return [
    { Sid: "JobsRead", Effect: "Allow", Action: "s3:GetObject", Resource: objects(read) },
    {
      Sid: "JobsFind",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": read.map((prefix) => `${prefix}/*`) } },
    },
    {
      Sid: "JobsWrite",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: objects(jobSteps.map((step) => prefixes[step])),
    },
  ];
}
