// The pipeline's jobs in the form that SageMaker reads: a processing and a training step, with the security settings
// and the limits that every job gets. The arguments are those of CreateProcessingJob and CreateTrainingJob.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps.html

import type { VpcConfig } from "../../base/location";
import { type Expression, type RetryPolicy, serviceErrors, type Step } from "./pipeline-steps";

/** What all jobs have in common. */
export interface JobSetting {
  readonly image: string;
  /** ARN of the KMS key that encrypts volumes and outputs. */
  readonly keyArn: string;
  /** Absent: SageMaker's own network. The container has no network access in either case. */
  readonly network: VpcConfig | undefined;
  /** Tags of each job, which is made by SageMaker and so gets none of the provider's. */
  readonly tags: Readonly<Record<string, string>>;
}

const noCapacity: RetryPolicy = {
  BackoffRate: 2,
  IntervalSeconds: 60,
  MaxAttempts: 5,
  ExceptionType: ["SageMaker.CAPACITY_ERROR"],
};

/** An unchanged step is not run again for 30 days (ISO 8601's P30D is accepted as well). */
const CacheConfig = { Enabled: true, ExpireAfter: "30d" } as const;

/** Seconds after which a job is stopped, and GB of its volume: they limit the cost of a runaway job. */
const MaxRuntimeInSeconds = 3_600;
const VolumeSizeInGB = 30;

interface JobArgs {
  readonly name: string;
  readonly roleArn: string;
  readonly instanceType: Expression;
  /** S3 URI by name of the input. */
  readonly inputs: Readonly<Record<string, Expression>>;
}

export interface ProcessingArgs extends JobArgs {
  /** Script of the step, and its arguments. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** S3 URI by name of the output. */
  readonly outputs: Readonly<Record<string, Expression>>;
  readonly propertyFiles?: Step["PropertyFiles"];
}

export function processingStep(setting: JobSetting, args: ProcessingArgs): Step {
  const { network } = setting;
  return {
    Name: args.name,
    Type: "Processing",
    Arguments: {
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: args.instanceType,
          InstanceCount: 1,
          VolumeSizeInGB,
          VolumeKmsKeyId: setting.keyArn,
        },
      },
      AppSpecification: {
        ImageUri: setting.image,
        ...(args.arguments.length === 0 ? {} : { ContainerArguments: args.arguments }),
        ContainerEntrypoint: ["python3", "/opt/ml/processing/input/code/start.py", args.script],
      },
      RoleArn: args.roleArn,
      ProcessingInputs: Object.entries(args.inputs).map(([name, S3Uri]) => ({
        InputName: name,
        AppManaged: false,
        S3Input: {
          S3Uri,
          LocalPath: `/opt/ml/processing/input/${name}`,
          S3DataType: "S3Prefix",
          S3InputMode: "File",
          S3DataDistributionType: "FullyReplicated",
          S3CompressionType: "None",
        },
      })),
      ProcessingOutputConfig: {
        Outputs: Object.entries(args.outputs).map(([name, S3Uri]) => ({
          OutputName: name,
          AppManaged: false,
          S3Output: { S3Uri, LocalPath: `/opt/ml/processing/output/${name}`, S3UploadMode: "EndOfJob" },
        })),
        KmsKeyId: setting.keyArn,
      },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        ...(network === undefined ? {} : { VpcConfig: vpcConfig(network) }),
      },
      StoppingCondition: { MaxRuntimeInSeconds },
      ...tagList(setting),
    },
    RetryPolicies: [serviceErrors, noCapacity],
    CacheConfig,
    ...(args.propertyFiles === undefined ? {} : { PropertyFiles: args.propertyFiles }),
  };
}

export interface TrainingArgs extends JobArgs {
  readonly script: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** S3 URI below which the job writes `<its name>/output/model.tar.gz`. */
  readonly output: Expression;
  /** Media type by name of the input, if it has one. */
  readonly contentTypes: Readonly<Record<string, string>>;
}

export function trainingStep(setting: JobSetting, args: TrainingArgs): Step {
  const { network } = setting;
  return {
    Name: args.name,
    Type: "Training",
    Arguments: {
      AlgorithmSpecification: {
        TrainingInputMode: "File",
        TrainingImage: setting.image,
        ContainerEntrypoint: ["python3", "/opt/ml/input/data/code/start.py"],
        ContainerArguments: [args.script],
      },
      OutputDataConfig: { S3OutputPath: args.output, KmsKeyId: setting.keyArn },
      StoppingCondition: { MaxRuntimeInSeconds },
      ResourceConfig: {
        VolumeSizeInGB,
        VolumeKmsKeyId: setting.keyArn,
        InstanceCount: 1,
        InstanceType: args.instanceType,
      },
      ...(network === undefined ? {} : { VpcConfig: vpcConfig(network) }),
      RoleArn: args.roleArn,
      InputDataConfig: Object.entries(args.inputs).map(([name, S3Uri]) => ({
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri, S3DataDistributionType: "FullyReplicated" } },
        ...(args.contentTypes[name] === undefined ? {} : { ContentType: args.contentTypes[name] }),
        ChannelName: name,
      })),
      HyperParameters: args.hyperparameters,
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      ProfilerConfig: { DisableProfiler: true },
      ...tagList(setting),
    },
    RetryPolicies: [serviceErrors, noCapacity],
    CacheConfig,
  };
}

function tagList({ tags }: JobSetting): object {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? {} : { Tags: list };
}

function vpcConfig({ subnets, securityGroups }: VpcConfig): object {
  return { SecurityGroupIds: securityGroups, Subnets: subnets };
}
