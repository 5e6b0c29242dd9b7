// Processing and training jobs: downloads the inputs into the container's folders, runs the script and uploads its
// outputs, all with the permissions of the step's role.

import { join } from "node:path";
import type { Actor } from "../aws/buckets";
import { filesIn, localPath, writeIn, runContainer, tarGz } from "./container";
import { ExecutionFailed } from "../definition/expressions";
import { type JobContext, started, type VpcConfig } from "./job-permissions";

/** What later steps can refer to: property path → S3 URI. */
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
  readonly ProcessingResources: {
    readonly ClusterConfig: { readonly InstanceType: string; readonly VolumeKmsKeyId: string };
  };
  readonly NetworkConfig: { readonly VpcConfig?: VpcConfig };
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds: number };
}

export async function processingJob(args: ProcessingArguments, context: JobContext): Promise<Properties> {
  const job = started(context, {
    kind: "Processing",
    roleArn: args.RoleArn,
    image: args.AppSpecification.ImageUri,
    instanceType: args.ProcessingResources.ClusterConfig.InstanceType,
    volumeKey: args.ProcessingResources.ClusterConfig.VolumeKmsKeyId,
    outputKey: args.ProcessingOutputConfig.KmsKeyId,
    vpc: args.NetworkConfig.VpcConfig,
  });
  for (const { S3Input } of args.ProcessingInputs) download(job, S3Input.S3Uri, S3Input.LocalPath, context);
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
      context.buckets.put(job, bucket, `${key}/${path}`, content, undefined);
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
  readonly ResourceConfig: { readonly InstanceType: string; readonly VolumeKmsKeyId: string };
  readonly VpcConfig?: VpcConfig;
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds: number };
}

export async function trainingJob(args: TrainingArguments, context: JobContext): Promise<Properties> {
  const job = started(context, {
    kind: "Training",
    roleArn: args.RoleArn,
    image: args.AlgorithmSpecification.TrainingImage,
    instanceType: args.ResourceConfig.InstanceType,
    volumeKey: args.ResourceConfig.VolumeKmsKeyId,
    outputKey: args.OutputDataConfig.KmsKeyId,
    vpc: args.VpcConfig,
  });
  writeIn(context.folder, "/opt/ml/input/config/hyperparameters.json", JSON.stringify(args.HyperParameters));
  for (const { ChannelName, DataSource } of args.InputDataConfig) {
    download(job, DataSource.S3DataSource.S3Uri, `/opt/ml/input/data/${ChannelName}`, context);
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
  context.buckets.put(job, bucket, key, tarGz(model), undefined);
  return { "ModelArtifacts.S3ModelArtifacts": uri };
}

/** @throws ExecutionFailed if there is no object under the URI: SageMaker fails such a job too */
function download(job: Actor, uri: string, path: string, { buckets, folder }: JobContext): void {
  const { bucket, key: prefix } = addressOf(uri);
  const keys = buckets.list(job, bucket, prefix);
  if (keys.length === 0) throw new ExecutionFailed(`no object lies at ${uri}`);
  for (const key of keys) {
    const name = key === prefix ? key.split("/").pop()! : key.slice(prefix.length).replace(/^\//, "");
    writeIn(folder, join(path, name), buckets.get(job, bucket, key).body);
  }
}

// S3 URIs of objects: s3://<bucket>/<key>.

interface Address {
  readonly bucket: string;
  /** Key or key prefix, without a trailing slash. */
  readonly key: string;
}

/** @throws ExecutionFailed if it is not an S3 URI with a bucket and a key */
export function addressOf(uri: string): Address {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined)
    throw new ExecutionFailed(`"${uri}" is not an S3 address: s3://<bucket>/<key>`);
  return { bucket, key };
}
