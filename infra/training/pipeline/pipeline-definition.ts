// The training pipeline, as one pure function of names: split and check the data, train, evaluate, and either register the
// model or fail with the reason.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines.html; schema 2020-12-01, as the SageMaker SDK emits it.

import type { VpcConfig } from "../../base/location";
import { processingStep, trainingStep } from "./pipeline-jobs";
import {
  conditionStep,
  executionId,
  type Expression,
  failStep,
  join,
  jsonGet,
  modelOf,
  outputOf,
  parameter,
  registerStep,
  type Step,
} from "./pipeline-steps";

/** Everything that the definition refers to, as plain values. */
export interface PipelineNames {
  /** Name of the bucket that the pipeline reads and writes. */
  readonly bucket: string;
  readonly image: string;
  readonly keyArn: string;
  /** Name of the model package group. */
  readonly group: string;
  /** Prefixes in the bucket, each named after the digest of its content, so that a change gets a new one. */
  readonly code: string;
  readonly wheels: string;
  readonly data: string;
  readonly roles: Readonly<Record<JobStep, string>>;
  readonly network: VpcConfig | undefined;
  /** Tags of the jobs. */
  readonly tags: Readonly<Record<string, string>>;
  /** Defaults of the parameters. */
  readonly processingInstanceType: string;
  readonly trainingInstanceType: string;
  /** Minimum accuracy of a model that is registered, 0 to 1. */
  readonly accuracyThreshold: number;
  readonly approvalStatus: ApprovalStatus;
}

/** Steps that run a job, each with a role of its own. */
export const jobSteps = ["split", "train", "evaluate"] as const;
export type JobStep = (typeof jobSteps)[number];

export const approvalStatuses = ["Approved", "PendingManualApproval"] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** Name of the pipeline's parameter for how a registered model is approved. */
export const approvalParameter = "ModelApprovalStatus";

export interface Parameter {
  readonly Name: string;
  readonly Type: "String" | "Float";
  readonly DefaultValue: string | number;
  readonly EnumValues?: readonly string[];
}

export interface PipelineDefinition {
  readonly Version: "2020-12-01";
  readonly Metadata: object;
  readonly Parameters: readonly Parameter[];
  /** `null`: SageMaker creates no experiment for an execution, so that no permission for one is needed. */
  readonly PipelineExperimentConfig: null;
  readonly Steps: readonly Step[];
}

/** The bucket's top-level prefixes, by who writes them: the deployment, then each step. */
export const prefixes = {
  code: "code",
  wheels: "wheels",
  data: "data",
  definition: "definition",
  split: "split",
  train: "trained",
  evaluate: "evaluation",
} as const;

const seed = "20260101";
const report = { name: "EvaluationReport", file: "evaluation.json" } as const;
const accuracy = jsonGet("Evaluate", report.name, "multiclass_classification_metrics.accuracy.value");

export function pipelineDefinition(names: PipelineNames): PipelineDefinition {
  const { bucket, image, keyArn, network, roles, tags } = names;
  const setting = { image, keyArn, network, tags };
  const at = (prefix: string) => `s3://${bucket}/${prefix}`;
  const ofThisRun = (step: JobStep, ...rest: string[]): Expression =>
    join("/", at(prefixes[step]), executionId, ...rest);
  const common = { code: at(names.code), wheels: at(names.wheels) };

  const split = processingStep(setting, {
    name: "Split",
    script: "split",
    arguments: ["--test-percent", "30", "--seed", seed],
    roleArn: roles.split,
    instanceType: parameter("ProcessingInstanceType"),
    inputs: { ...common, data: parameter("InputData") },
    outputs: { train: ofThisRun("split", "train"), test: ofThisRun("split", "test") },
  });
  const train = trainingStep(setting, {
    name: "Train",
    script: "train",
    hyperparameters: { seed, max_iter: "1000" },
    roleArn: roles.train,
    instanceType: parameter("TrainingInstanceType"),
    inputs: { ...common, train: outputOf("Split", "train") },
    contentTypes: { train: "text/csv" },
    output: ofThisRun("train"),
  });
  const evaluate = processingStep(setting, {
    name: "Evaluate",
    script: "evaluate",
    arguments: [],
    roleArn: roles.evaluate,
    instanceType: parameter("ProcessingInstanceType"),
    inputs: { ...common, model: modelOf("Train"), test: outputOf("Split", "test") },
    outputs: { evaluation: ofThisRun("evaluate") },
    propertyFiles: [{ PropertyFileName: report.name, OutputName: "evaluation", FilePath: report.file }],
  });
  const decide = conditionStep({
    name: "Judge",
    left: accuracy,
    atLeast: parameter("AccuracyThreshold"),
    then: registerStep({
      // The name that the SageMaker SDK gives to a registration.
      name: "Register-RegisterModel",
      image,
      group: names.group,
      modelData: modelOf("Train"),
      approvalStatus: parameter(approvalParameter),
      report: join("/", outputOf("Evaluate", "evaluation"), report.file),
    }),
    otherwise: failStep(
      "Refuse",
      join(
        "",
        "The model is not registered: its accuracy ",
        accuracy,
        " is below the threshold ",
        parameter("AccuracyThreshold"),
        ".",
      ),
    ),
  });
  return {
    Version: "2020-12-01",
    Metadata: {},
    Parameters: [
      { Name: "InputData", Type: "String", DefaultValue: at(names.data) },
      { Name: "ProcessingInstanceType", Type: "String", DefaultValue: names.processingInstanceType },
      { Name: "TrainingInstanceType", Type: "String", DefaultValue: names.trainingInstanceType },
      { Name: "AccuracyThreshold", Type: "Float", DefaultValue: names.accuracyThreshold },
      {
        Name: approvalParameter,
        Type: "String",
        DefaultValue: names.approvalStatus,
        EnumValues: approvalStatuses,
      },
    ],
    PipelineExperimentConfig: null,
    Steps: [split, train, evaluate, decide],
  };
}
