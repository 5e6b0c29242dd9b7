// The permissions that the steps of a definition require of their roles: derived from the definition alone, and
// compared with the roles' policies in both directions. Each action refers to the AWS page that requires it.

import { arn } from "../../base/location";
import { allSteps, referencesOf } from "./definition-check";
import { type JobStep, type PipelineDefinition, prefixes } from "./pipeline-definition";
import type { PipelineArns } from "./step-roles";
import { type JobArguments, StepLocations } from "./step-locations";
import type { Permission } from "../../base/permissions";
import type { Step } from "./pipeline-steps";

const guide = "https://docs.aws.amazon.com/sagemaker/latest/dg";
const jobs = `${guide}/sagemaker-roles.html`;
const pipelines = `${guide}/build-and-manage-access.html`;
const reference = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html";
const keys = `${guide}/encryption-at-rest.html`;

/** Every action that a role of the pipeline may have, and the page that requires it. */
export const actionPages: Readonly<Record<string, string>> = {
  "s3:GetObject": jobs,
  // To name a version takes an action of its own.
  "s3:GetObjectVersion": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
  "s3:ListBucket": jobs,
  "s3:PutObject": jobs,
  "kms:Decrypt": keys,
  "kms:Encrypt": jobs,
  "kms:GenerateDataKey": keys,
  "kms:CreateGrant": keys,
  "ecr:BatchCheckLayerAvailability": jobs,
  "ecr:BatchGetImage": jobs,
  "ecr:GetDownloadUrlForLayer": jobs,
  "ecr:GetAuthorizationToken": jobs,
  "logs:CreateLogGroup": jobs,
  "logs:CreateLogStream": jobs,
  "logs:DescribeLogStreams": jobs,
  "logs:PutLogEvents": jobs,
  "cloudwatch:PutMetricData": jobs,
  "ec2:CreateNetworkInterface": jobs,
  "ec2:CreateNetworkInterfacePermission": jobs,
  "ec2:DeleteNetworkInterface": jobs,
  "ec2:DeleteNetworkInterfacePermission": jobs,
  "ec2:DescribeDhcpOptions": jobs,
  "ec2:DescribeNetworkInterfaces": jobs,
  "ec2:DescribeSecurityGroups": jobs,
  "ec2:DescribeSubnets": jobs,
  "ec2:DescribeVpcs": jobs,
  "iam:PassRole": pipelines,
  "sagemaker:CreateProcessingJob": pipelines,
  "sagemaker:DescribeProcessingJob": pipelines,
  "sagemaker:StopProcessingJob": reference,
  "sagemaker:CreateTrainingJob": pipelines,
  "sagemaker:DescribeTrainingJob": pipelines,
  "sagemaker:StopTrainingJob": reference,
  "sagemaker:CreateModelPackage": reference,
  "sagemaker:CreateModelPackageGroup": reference,
  "sagemaker:DescribeModelPackage": reference,
  "sagemaker:AddTags": pipelines,
};

/** What each role of the pipeline requires for this definition; `pipeline` is the pipeline's own. */
export function requiredPermissions(
  definition: PipelineDefinition,
  arns: PipelineArns,
): Record<JobStep | "pipeline", Set<Permission>> {
  const required = {
    split: new Set<Permission>(),
    train: new Set<Permission>(),
    evaluate: new Set<Permission>(),
    pipeline: new Set(definitionReads(arns)),
  };
  const steps = allSteps(definition.Steps);
  const locations = new StepLocations(definition, steps, arns.bucketArn);
  for (const step of steps) {
    if (step.Type === "Processing" || step.Type === "Training") {
      const name = roleOf(step, arns);
      for (const permission of jobRequires(step, locations, arns)) required[name].add(permission);
    }
    for (const permission of pipelineRequires(step, locations, arns)) required.pipeline.add(permission);
  }
  return required;
}

/** What creating and updating the pipeline reads, if SageMaker does so as the pipeline's role: see pipeline-role.ts. */
function definitionReads({ bucketArn }: PipelineArns): Permission[] {
  return ["s3:GetObject", "s3:GetObjectVersion"].map((action) => `${action} ${bucketArn}/${prefixes.definition}/*`);
}

function roleOf(step: Step, { roleArns }: PipelineArns): JobStep {
  const found = Object.entries(roleArns).find(([, roleArn]) => roleArn === step.Arguments.RoleArn);
  if (found === undefined) throw new Error(`${step.Name}: its role is not one of the pipeline's roles`);
  return found[0] as JobStep;
}

/** What a job's role requires. */
function jobRequires(step: Step, locations: StepLocations, arns: PipelineArns): Permission[] {
  const { location, bucketArn, keyArn, repositoryArn } = arns;
  const args = step.Arguments as unknown as JobArguments;
  const kind = step.Type === "Training" ? "TrainingJobs" : "ProcessingJobs";
  const logs = arn(location, "logs", `log-group:/aws/sagemaker/${kind}:*`);
  const inputs = (args.ProcessingInputs ?? []).map(({ S3Input }) => S3Input.S3Uri);
  const channels = (args.InputDataConfig ?? []).map(({ DataSource }) => DataSource.S3DataSource.S3Uri);
  const outputs = (args.ProcessingOutputConfig?.Outputs ?? []).map(({ S3Output }) => S3Output.S3Uri);
  const written = [...outputs, ...(args.OutputDataConfig === undefined ? [] : [args.OutputDataConfig.S3OutputPath])];
  const read = [...inputs, ...channels].map((address) => locations.prefix(address));
  const vpc = args.NetworkConfig?.VpcConfig ?? args.VpcConfig;
  return [
    ...read.flatMap((prefix) => [
      `s3:GetObject ${bucketArn}/${prefix}/*`,
      `s3:ListBucket ${bucketArn} [s3:prefix ${prefix}/*]`,
    ]),
    ...written.map((address) => `s3:PutObject ${bucketArn}/${locations.prefix(address)}/*`),
    ...["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"].map((action) => `${action} ${keyArn}`),
    `kms:CreateGrant ${keyArn} [kms:GrantIsForAWSResource true]`,
    ...actionsOf("ecr:", ["ecr:GetAuthorizationToken"]).map((action) => `${action} ${repositoryArn}`),
    "ecr:GetAuthorizationToken *",
    ...actionsOf("logs:").map((action) => `${action} ${logs}`),
    `cloudwatch:PutMetricData * [cloudwatch:namespace /aws/sagemaker/${kind}]`,
    ...(vpc === undefined ? [] : actionsOf("ec2:").map((action) => `${action} *`)),
  ];
}

/** What the pipeline's own role requires for a step. */
function pipelineRequires(step: Step, locations: StepLocations, arns: PipelineArns): Permission[] {
  const { location, bucketArn, keyArn, group } = arns;
  const files = referencesOf(step.Arguments).filter((reference) => reference.includes(".PropertyFiles."));
  const reports = files.map((file) => `s3:GetObject ${bucketArn}/${locations.propertyFile(file)}/*`);
  const decrypt = `kms:Decrypt ${keyArn}`;
  switch (step.Type) {
    case "Processing":
    case "Training": {
      const jobsArn = arn(location, "sagemaker", `${step.Type.toLowerCase()}-job/pipelines-*`);
      const job = `${step.Type}Job`;
      return [
        ...["Create", "Describe", "Stop"].map((verb) => `sagemaker:${verb}${job} ${jobsArn}`),
        `sagemaker:AddTags ${jobsArn}`,
        `iam:PassRole ${String(step.Arguments.RoleArn)} [iam:PassedToService sagemaker.amazonaws.com]`,
      ];
    }
    case "RegisterModel": {
      const args = step.Arguments as unknown as RegisterArguments;
      const packages = [`model-package-group/${group}`, `model-package/${group}/*`];
      const addresses = [
        args.ModelMetrics.ModelQuality.Statistics.S3Uri,
        ...args.InferenceSpecification.Containers.map(({ ModelDataUrl }) => ModelDataUrl),
      ];
      return [
        ...packages.flatMap((resource) =>
          ["CreateModelPackage", "DescribeModelPackage", "AddTags"].map(
            (action) => `sagemaker:${action} ${arn(location, "sagemaker", resource)}`,
          ),
        ),
        `sagemaker:CreateModelPackageGroup ${arn(location, "sagemaker", packages[0]!)}`,
        ...addresses.map((address) => `s3:GetObject ${bucketArn}/${locations.prefix(address)}/*`),
        decrypt,
      ];
    }
    case "Condition":
    case "Fail":
      return reports.length === 0 ? [] : [...reports, decrypt];
  }
}

function actionsOf(service: string, without: readonly string[] = []): string[] {
  return Object.keys(actionPages).filter((action) => action.startsWith(service) && !without.includes(action));
}

interface RegisterArguments {
  readonly ModelMetrics: { readonly ModelQuality: { readonly Statistics: { readonly S3Uri: unknown } } };
  readonly InferenceSpecification: { readonly Containers: readonly { readonly ModelDataUrl: unknown }[] };
}
