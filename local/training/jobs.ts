// Processing and training jobs, with the permissions that SageMaker asks for on the way: of the pipeline's role to start
// them, of the step's role to read, write, decrypt, log and fetch the image.

import { join } from "node:path";
import { permit } from "../aws/permission";
import type { Principal } from "../identities";
import type { Buckets } from "./buckets";
import { filesIn, localPath, place, runContainer } from "./container";
import { ExecutionFailed } from "./expressions";
import { addressOf } from "./address";
import { tarGz } from "./tar";

export interface JobContext {
  readonly buckets: Buckets;
  /** The pipeline's own role. */
  readonly pipeline: Principal;
  /** A role that a job runs as. @throws ExecutionFailed where SageMaker may not take it */
  role(arn: string): Principal;
  readonly python: string;
  /** Name of the job, as the pipeline gives it. */
  readonly name: string;
  /** Stands for /opt/ml. */
  readonly folder: string;
  readonly region: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly say: (line: string) => void;
}

/** What later steps may ask of a job. */
export type Properties = Record<string, string>;

interface ProcessingArguments {
  readonly RoleArn: string;
  readonly AppSpecification: {
    readonly ImageUri: string;
    readonly ContainerEntrypoint: readonly string[];
    readonly ContainerArguments?: readonly string[];
  };
  readonly ProcessingInputs: readonly {
    readonly S3Input: { readonly S3Uri: string; readonly LocalPath: string };
  }[];
  readonly ProcessingOutputConfig: {
    readonly KmsKeyId: string;
    readonly Outputs: readonly {
      readonly OutputName: string;
      readonly S3Output: { readonly S3Uri: string; readonly LocalPath: string };
    }[];
  };
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds: number };
}

export async function processingJob(args: ProcessingArguments, context: JobContext): Promise<Properties> {
  const role = started("Processing", args.RoleArn, args.AppSpecification.ImageUri, context);
  volume(role, args.ProcessingOutputConfig.KmsKeyId, context);
  for (const { S3Input } of args.ProcessingInputs) download(role, S3Input.S3Uri, S3Input.LocalPath, context);
  const { ContainerEntrypoint, ContainerArguments = [] } = args.AppSpecification;
  await runContainer({
    folder: context.folder,
    python: context.python,
    command: [...ContainerEntrypoint, ...ContainerArguments],
    environment: {},
    timeout: args.StoppingCondition.MaxRuntimeInSeconds,
    reason: "message",
    say: context.say,
  });
  const properties: Properties = {};
  for (const { OutputName, S3Output } of args.ProcessingOutputConfig.Outputs) {
    const { bucket, key } = addressOf(S3Output.S3Uri);
    for (const { path, content } of filesIn(localPath(context.folder, S3Output.LocalPath))) {
      context.buckets.put({ principal: role }, bucket, `${key}/${path}`, content, undefined);
    }
    properties[`ProcessingOutputConfig.Outputs['${OutputName}'].S3Output.S3Uri`] = S3Output.S3Uri;
  }
  return properties;
}

interface TrainingArguments {
  readonly RoleArn: string;
  readonly AlgorithmSpecification: {
    readonly TrainingImage: string;
    readonly ContainerEntrypoint: readonly string[];
    readonly ContainerArguments?: readonly string[];
  };
  readonly HyperParameters: Readonly<Record<string, string>>;
  readonly InputDataConfig: readonly {
    readonly ChannelName: string;
    readonly DataSource: { readonly S3DataSource: { readonly S3Uri: string } };
  }[];
  readonly OutputDataConfig: { readonly S3OutputPath: string; readonly KmsKeyId: string };
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds: number };
}

export async function trainingJob(args: TrainingArguments, context: JobContext): Promise<Properties> {
  const role = started("Training", args.RoleArn, args.AlgorithmSpecification.TrainingImage, context);
  volume(role, args.OutputDataConfig.KmsKeyId, context);
  place(context.folder, "/opt/ml/input/config/hyperparameters.json", JSON.stringify(args.HyperParameters));
  for (const { ChannelName, DataSource } of args.InputDataConfig) {
    download(role, DataSource.S3DataSource.S3Uri, `/opt/ml/input/data/${ChannelName}`, context);
  }
  const { ContainerEntrypoint, ContainerArguments = [] } = args.AlgorithmSpecification;
  await runContainer({
    folder: context.folder,
    python: context.python,
    command: [...ContainerEntrypoint, ...ContainerArguments],
    environment: { TRAINING_JOB_NAME: context.name },
    timeout: args.StoppingCondition.MaxRuntimeInSeconds,
    reason: "failure",
    say: context.say,
  });
  const model = filesIn(localPath(context.folder, "/opt/ml/model"));
  const uri = `${args.OutputDataConfig.S3OutputPath}/${context.name}/output/model.tar.gz`;
  const { bucket, key } = addressOf(uri);
  context.buckets.put({ principal: role }, bucket, key, tarGz(model), undefined);
  return { "ModelArtifacts.S3ModelArtifacts": uri };
}

/** What it takes to start a job and to run its container. @returns the job's role */
function started(kind: "Processing" | "Training", roleArn: string, image: string, context: JobContext): Principal {
  const { pipeline, at, region, account, name } = context;
  const own = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const resource = own("sagemaker", `${kind.toLowerCase()}-job/${name}`);
  for (const action of [`Create${kind}Job`, "AddTags", `Describe${kind}Job`]) {
    permit(pipeline, at, { action: `sagemaker:${action}`, resource });
  }
  const keys = { "iam:passedtoservice": "sagemaker.amazonaws.com" };
  permit(pipeline, at, { action: "iam:PassRole", resource: roleArn, keys });

  const role = context.role(roleArn);
  const [, registry, repository] = /^(\d{12})\.dkr\.ecr\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  if (registry === undefined) throw new ExecutionFailed("the image is not in a registry of ECR");
  permit(role, at, { action: "ecr:GetAuthorizationToken", resource: "*" });
  for (const action of ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]) {
    permit(role, at, {
      action: `ecr:${action}`,
      resource: `arn:aws:ecr:${region}:${registry}:repository/${repository}`,
    });
  }
  const logs = own("logs", `log-group:/aws/sagemaker/${kind}Jobs:log-stream:${name}`);
  for (const action of ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]) {
    permit(role, at, { action: `logs:${action}`, resource: logs });
  }
  const namespace = { "cloudwatch:namespace": `/aws/sagemaker/${kind}Jobs` };
  permit(role, at, { action: "cloudwatch:PutMetricData", resource: "*", keys: namespace });
  return role;
}

/** The volume's disk is the service's, which gets a grant of the key. */
function volume(role: Principal, key: string, { at }: JobContext): void {
  permit(role, at, { action: "kms:CreateGrant", resource: key, keys: { "kms:grantisforawsresource": "true" } });
}

/** @throws ExecutionFailed where nothing lies there, as the service does */
function download(role: Principal, uri: string, path: string, { buckets, folder }: JobContext): void {
  const { bucket, key: prefix } = addressOf(uri);
  const keys = buckets.list({ principal: role }, bucket, prefix);
  if (keys.length === 0) throw new ExecutionFailed(`no object lies at ${uri}`);
  for (const key of keys) {
    const name = key === prefix ? key.split("/").pop()! : key.slice(prefix.length).replace(/^\//, "");
    place(folder, join(path, name), buckets.get({ principal: role }, bucket, key).body);
  }
}
