// The module `sagemaker`: a pipeline that trains, evaluates and registers the model, and a publisher that makes an
// approved model live. Guarantees: no step's code has network access or another step's permissions; only the publisher
// changes which model is served, never `pulumi up`.

import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import type { Location } from "../base/location";
import type { Network } from "./pipeline/pipeline-jobs";
import { Publication } from "./publication/publication";
import { TrainingAlarms } from "./training-alarms";
import { TrainingKey } from "./training-key";
import { TrainingPipeline } from "./training-pipeline";
import { TrainingSchedule } from "./training-schedule";
import type { Settings } from "../settings/settings";

export interface SagemakerArgs {
  readonly location: Location;
  readonly settings: Settings;
  readonly codeStore: CodeStore;
  /** Layer with the inference library. */
  readonly nativeLibrary: pulumi.Input<string>;
  /** The stack's key. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  /**
   * Private subnets and security group of the jobs; absent: SageMaker's own network. The container has no network
   * access in either case.
   */
  readonly network?: pulumi.Input<Network>;
}

export class Sagemaker extends pulumi.ComponentResource {
  /** ARN of the bucket that the jobs read and write. */
  readonly trainingBucketArn: pulumi.Output<string>;
  /** Bucket of the published models, which the model function reads. */
  readonly published: { readonly bucket: pulumi.Output<string>; readonly bucketArn: pulumi.Output<string> };
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: SagemakerArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SagemakerModule", name, {}, options);
    const { location, settings, codeStore, nativeLibrary, keyArn } = args;
    const child = { parent: this };
    const key = new TrainingKey(`${name}-kms`, { location }, child);
    const training = new TrainingPipeline(
      `${name}-training`,
      { location, settings, keyArn: key.arn, logsTo: codeStore.accessLogs, network: args.network },
      child,
    );
    const publication = new Publication(
      `${name}-publication`,
      {
        location,
        settings,
        codeStore,
        nativeLibrary,
        keyArn,
        trainingKeyArn: key.arn,
        trainingBucket: training.bucket,
        trainingBucketArn: training.bucketArn,
        group: training.group,
        alarmTopicArn: args.alarmTopicArn,
      },
      child,
    );
    const { functionName } = publication.publisher;
    new TrainingAlarms(
      `${name}-alarms`,
      { topicArn: args.alarmTopicArn, pipelineName: training.pipelineName, publisher: functionName },
      child,
    );
    if (settings.trainingSchedule !== "") {
      const { pipelineArn, approval: parameter } = training;
      const expression = settings.trainingSchedule;
      new TrainingSchedule(`${name}-schedule`, { location, expression, pipelineArn, parameter }, child);
    }
    this.trainingBucketArn = training.bucketArn;
    this.published = { bucket: publication.bucket, bucketArn: publication.bucketArn };
    this.outputs = {
      sagemakerPipelineArn: training.pipelineArn,
      sagemakerBucket: training.bucket,
      sagemakerModelPackageGroup: training.group,
      sagemakerPublisher: functionName,
      sagemakerModelsBucket: publication.bucket,
    };
    this.registerOutputs({});
  }
}
