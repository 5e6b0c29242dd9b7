// The pipeline's steps other than jobs, in the form that SageMaker reads: one builder each. The arguments of a
// registration are those of CreateModelPackage.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps.html

/** A value that the service fills in: `Parameters.<name>`, `Execution.<fact>`, `Steps.<step>.<path>`. */
interface Get {
  readonly Get: string;
}

/** Parts joined by a separator. */
interface Join {
  readonly "Std:Join": { readonly On: string; readonly Values: readonly Expression[] };
}

/** A value from a step's property file, by its path, with dots. */
interface JsonGet {
  readonly "Std:JsonGet": { readonly PropertyFile: Get; readonly Path: string };
}

export type Expression = string | Get | Join | JsonGet;

export const parameter = (name: string): Get => ({ Get: `Parameters.${name}` });

/** Unique for each execution, so that no run overwrites what another wrote. */
export const executionId: Get = { Get: "Execution.PipelineExecutionId" };

/** S3 URI of a processing step's output. */
export const outputOf = (step: string, output: string): Get => ({
  Get: `Steps.${step}.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`,
});

/** S3 URI of a training step's `model.tar.gz`. */
export const modelOf = (step: string): Get => ({ Get: `Steps.${step}.ModelArtifacts.S3ModelArtifacts` });

export const join = (on: string, ...values: Expression[]): Join => ({ "Std:Join": { On: on, Values: values } });

export const jsonGet = (step: string, propertyFile: string, path: string): JsonGet => ({
  "Std:JsonGet": { PropertyFile: { Get: `Steps.${step}.PropertyFiles.${propertyFile}` }, Path: path },
});

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

/** Faults of SageMaker, not of the step, which are worth a retry. */
export const serviceErrors: RetryPolicy = {
  BackoffRate: 2,
  IntervalSeconds: 10,
  MaxAttempts: 5,
  ExceptionType: ["Step.SERVICE_FAULT", "Step.THROTTLING"],
};
export interface RegisterArgs {
  readonly name: string;
  readonly image: string;
  readonly group: string;
  readonly modelData: Expression;
  readonly approvalStatus: Expression;
  /** S3 URI of the evaluation report. */
  readonly report: Expression;
}

/** Registers a model version. Metrics and digest are in the report, because a pipeline refuses custom metadata. */
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
    RetryPolicies: [serviceErrors],
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
