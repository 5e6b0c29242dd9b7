// The module `sagemaker`: a pipeline that trains, evaluates and registers the model, and a publisher that makes an
// approved model live. Guarantees: no step's code has network access or another step's permissions; only the publisher
// changes which model is served, never `pulumi up`.

import { MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../base/code-store";
import { administration, stackKey } from "../base/encryption";
import type { Location, VpcConfig } from "../base/location";
import { type Allowed, readerStatements } from "../base/policy-statements";
import type { Settings } from "../settings/settings";
import { jobStorage } from "./pipeline/step-roles";
import { Publication } from "./publication/publication";
import { TrainingPipeline } from "./training-pipeline";
import { TrainingSchedule } from "./training-schedule";

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
  readonly network?: pulumi.Input<VpcConfig>;
}

export class Sagemaker extends pulumi.ComponentResource {
  private readonly trainingBucketArn: pulumi.Output<string>;
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
      const schedule = { location, expression, pipelineArn, keyArn: key.arn, parameter };
      new TrainingSchedule(`${name}-schedule`, schedule, child);
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

  /**
   * What of S3 the network lets through: the jobs read and write their prefixes of the training bucket; the model function
   * reads the published models.
   * @param serving whether there is a model function
   */
  storage(serving: boolean): pulumi.Output<Allowed[]> {
    return pulumi
      .all([this.trainingBucketArn, this.published.bucketArn])
      .apply(([training, models]) => [...jobStorage(training), ...(serving ? readerStatements(models) : [])]);
  }
}

interface TrainingKeyArgs {
  readonly location: Location;
}

/**
 * The KMS key of the training: its bucket, its schedule, and the volumes and outputs of its jobs. Separate from the stack's key because
 * training jobs run third-party packages. Its policy names no AWS service; the account's IAM policies decide which role
 * may use it.
 */
class TrainingKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: TrainingKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingKey", name, {}, options);
    const { prefix } = location;
    const description = `${prefix}: training data, jobs and models`;
    const statements = [administration(location)];
    this.arn = stackKey(name, { alias: `${prefix}-training`, description, statements }, { parent: this });
    this.registerOutputs({ arn: this.arn });
  }
}

interface TrainingAlarmsArgs {
  readonly topicArn: pulumi.Input<string>;
  readonly pipelineName: string;
  /** Name of the publisher function. */
  readonly publisher: string;
}

/** Alarms of failed executions of the pipeline, and of failed publications. */
class TrainingAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TrainingAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingAlarms", name, {}, options);
    const alarm = (role: string, { alarmDescription = "", ...what }: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          threshold: 1,
          statistic: "Sum",
          period: 300,
          evaluationPeriods: 1,
          treatMissingData: "notBreaching",
          alarmActions: [args.topicArn],
          alarmDescription: `${alarmDescription}: docs/runbook.md#${role}`,
          ...what,
        },
        { parent: this },
      );
    // Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (pipelines metrics)
    alarm("execution-failed", {
      alarmDescription: `An execution of ${args.pipelineName} failed: the failed step says why`,
      namespace: "AWS/Sagemaker/ModelBuildingPipeline",
      metricName: "ExecutionFailed",
      dimensions: { PipelineName: args.pipelineName },
    });
    alarm("publication-failed", {
      alarmDescription:
        "An approved model was not published, or a canary was not rolled back: the publisher's log says why",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.publisher },
    });
    this.registerOutputs({});
  }
}
