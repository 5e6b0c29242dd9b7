// What a pipeline definition leaves open until it runs: parameters, properties of the execution, outputs of earlier
// steps.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-properties.html

/** A value that the service fills in: `Parameters.<name>`, `Execution.<fact>`, `Steps.<step>.<path>`. */
export interface Get {
  readonly Get: string;
}

/** Parts joined by a separator. */
export interface Join {
  readonly "Std:Join": { readonly On: string; readonly Values: readonly Expression[] };
}

/** A value from a step's property file, by its path, with dots. */
export interface JsonGet {
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
