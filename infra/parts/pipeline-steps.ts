// The kinds of step that the pipeline has, as the service reads them: one builder each, with the security settings that
// every job gets. The arguments are those of CreateProcessingJob, CreateTrainingJob and CreateModelPackage.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps.html

import type { Expression } from "./pipeline-expressions";

/** Private subnets and security groups that the jobs run in. */
export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** What all jobs have in common. */
export interface JobSetting {
  readonly image: string;
  /** Encrypts volumes and outputs. */
  readonly keyArn: string;
  /** Absent: the service's own network, which an isolated container does not reach either. */
  readonly network: Network | undefined;
}

export interface RetryPolicy {
  readonly BackoffRate: number;
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly ExceptionType: readonly string[];
}

export interface Step {
  readonly Name: string;
  readonly Type: "Processing" | "Training" | "RegisterModel" | "Condition" | "Fail";
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly RetryPolicies?: readonly RetryPolicy[];
  readonly CacheConfig?: { readonly Enabled: boolean; readonly ExpireAfter: string };
  readonly PropertyFiles?: readonly {
    readonly PropertyFileName: string;
    readonly OutputName: string;
    readonly FilePath: string;
  }[];
}

/** Faults of the service, not of the step: worth another try. */
const serviceFaults: RetryPolicy = {
  BackoffRate: 2,
  IntervalSeconds: 10,
  MaxAttempts: 5,
  ExceptionType: ["Step.SERVICE_FAULT", "Step.THROTTLING"],
};
const noCapacity: RetryPolicy = {
  BackoffRate: 2,
  IntervalSeconds: 60,
  MaxAttempts: 5,
  ExceptionType: ["SageMaker.CAPACITY_ERROR"],
};

/** A step whose inputs and arguments did not change is not run again for 30 days (ISO 8601 would be P30D; both are taken). */
const CacheConfig = { Enabled: true, ExpireAfter: "30d" } as const;

/** Seconds after which a job is stopped, and GB of its volume: bounds on what a run away costs. */
const MaxRuntimeInSeconds = 3_600;
const VolumeSizeInGB = 30;

interface JobArgs {
  readonly name: string;
  readonly roleArn: string;
  readonly instanceType: Expression;
  /** S3 address by name of the input. */
  readonly inputs: Readonly<Record<string, Expression>>;
}

export interface ProcessingArgs extends JobArgs {
  /** Script of the step, and its arguments. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** S3 address by name of the output. */
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
    },
    RetryPolicies: [serviceFaults, noCapacity],
    CacheConfig,
    ...(args.propertyFiles === undefined ? {} : { PropertyFiles: args.propertyFiles }),
  };
}

export interface TrainingArgs extends JobArgs {
  readonly script: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** The job writes `<output>/<its name>/output/model.tar.gz`. */
  readonly output: Expression;
  /** Media type by name of the input, where it has one. */
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
    },
    RetryPolicies: [serviceFaults, noCapacity],
    CacheConfig,
  };
}

export interface RegisterArgs {
  readonly name: string;
  readonly image: string;
  readonly group: string;
  readonly modelData: Expression;
  readonly approvalStatus: Expression;
  /** S3 address of the evaluation report. */
  readonly report: Expression;
}

/** Registers a version of the model. Metrics and digest stand in the report: custom metadata is refused in a pipeline. */
export function registerStep(args: RegisterArgs): Step {
  return {
    Name: args.name,
    Type: "RegisterModel",
    Arguments: {
      ModelPackageGroupName: args.group,
      ModelMetrics: {
        ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: args.report } },
        Bias: {},
        Explainability: {},
      },
      InferenceSpecification: {
        Containers: [{ Image: args.image, Environment: {}, ModelDataUrl: args.modelData }],
        SupportedContentTypes: ["application/json"],
        SupportedResponseMIMETypes: ["application/json"],
        SupportedRealtimeInferenceInstanceTypes: ["ml.m5.large"],
        SupportedTransformInstanceTypes: ["ml.m5.large"],
      },
      ModelApprovalStatus: args.approvalStatus,
      SkipModelValidation: "None",
    },
    RetryPolicies: [serviceFaults],
  };
}

export interface ConditionArgs {
  readonly name: string;
  readonly left: Expression;
  readonly atLeast: Expression;
  readonly then: Step;
  readonly otherwise: Step;
}

export function conditionStep(args: ConditionArgs): Step {
  return {
    Name: args.name,
    Type: "Condition",
    Arguments: {
      Conditions: [{ Type: "GreaterThanOrEqualTo", LeftValue: args.left, RightValue: args.atLeast }],
      IfSteps: [args.then],
      ElseSteps: [args.otherwise],
    },
  };
}

export function failStep(name: string, message: Expression): Step {
  return { Name: name, Type: "Fail", Arguments: { ErrorMessage: message } };
}

function vpcConfig({ subnets, securityGroups }: Network): object {
  return { SecurityGroupIds: securityGroups, Subnets: subnets };
}
