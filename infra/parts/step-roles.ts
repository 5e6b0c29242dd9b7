// What each step of the pipeline may do: pure functions of ARNs. A step reads what the step before it wrote, and writes under a
// prefix that is its own; none can register, publish, or touch another step's output.

import type { Allowed } from "./endpoint-policy";
import { arn, type Location } from "./location";
import { type JobStep, jobSteps, prefixes } from "./pipeline-definition";

/** What the policies speak of. */
export interface PipelineArns {
  readonly location: Location;
  readonly bucketArn: string;
  /** Key of the bucket, the volumes and the outputs. */
  readonly keyArn: string;
  /** Repository of the image. */
  readonly repositoryArn: string;
  /** Name of the model package group. */
  readonly group: string;
  readonly roleArns: Readonly<Record<JobStep, string>>;
  /** Whether the jobs run in the stack's own network. */
  readonly inNetwork: boolean;
}

/** SageMaker alone takes the role, and for this account only: another's job cannot borrow it (the confused deputy). */
export function trust({ account }: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sagemaker.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
    ],
  };
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
        // S3 asks for data keys; SageMaker for Encrypt where a job names the key of its output.
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
      },
      {
        Sid: "Volumes",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: keyArn,
        // A grant to the service's disks, and to no one else.
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
      {
        Sid: "Image",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: arns.repositoryArn,
      },
      // ECR knows no resource for this action.
      { Sid: "Registry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
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
        // CloudWatch knows no resource for this action; the namespace bounds it.
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": `/aws/sagemaker/${jobs}` } },
      },
      ...(arns.inNetwork ? networkStatements : []),
    ],
  };
}

/** What all jobs together read and write: what has to pass where their network meets the bucket. */
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

/**
 * Network interfaces in the VPC. Resources and conditions stand open: SageMaker checks the role before it starts a job, and
 * refuses a narrower one. The isolated container has no credentials to use them with.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (private VPC)
 */
const networkStatements = [
  {
    Sid: "Network",
    Effect: "Allow",
    Action: [
      "ec2:CreateNetworkInterface",
      "ec2:CreateNetworkInterfacePermission",
      "ec2:DeleteNetworkInterface",
      "ec2:DeleteNetworkInterfacePermission",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
    Resource: "*",
  },
];
