// Resolves the S3 URIs of a pipeline's steps to the first part of the key in the bucket, to which the policies refer.

import type { PipelineDefinition } from "./pipeline-definition";
import type { Step } from "./pipeline-steps";

/** The arguments of a job that hold S3 URIs, and its VPC. */
export interface JobArguments {
  readonly ProcessingInputs?: readonly { readonly S3Input: { readonly S3Uri: unknown } }[];
  readonly InputDataConfig?: readonly {
    readonly DataSource: { readonly S3DataSource: { readonly S3Uri: unknown } };
  }[];
  readonly ProcessingOutputConfig?: {
    readonly Outputs: readonly { readonly OutputName: string; readonly S3Output: { readonly S3Uri: unknown } }[];
  };
  readonly OutputDataConfig?: { readonly S3OutputPath: unknown };
  readonly NetworkConfig?: { readonly VpcConfig?: unknown };
  readonly VpcConfig?: unknown;
}

export class StepLocations {
  constructor(
    private readonly definition: PipelineDefinition,
    private readonly steps: readonly Step[],
    private readonly bucketArn: string,
  ) {}

  /** First part of an S3 URI's key. @throws Error for a URI outside the bucket */
  prefix(address: unknown): string {
    const text = this.text(address);
    const [, bucket, prefix] = /^s3:\/\/([^/]+)\/([^/]+)/.exec(text) ?? [];
    if (bucket === undefined || prefix === undefined || !this.bucketArn.endsWith(`:::${bucket}`)) {
      throw new Error("an address of the pipeline is outside its bucket");
    }
    return prefix;
  }

  /** S3 URIs that a step reads and no other step writes, as text. */
  externalInputs({ Arguments }: Step): string[] {
    const { ProcessingInputs = [], InputDataConfig = [] } = Arguments as JobArguments;
    return [
      ...ProcessingInputs.map(({ S3Input }) => S3Input.S3Uri),
      ...InputDataConfig.map(({ DataSource }) => DataSource.S3DataSource.S3Uri),
    ]
      .filter((address) => !JSON.stringify(address).startsWith('{"Get":"Steps.'))
      .map((address) => this.text(address));
  }

  /** First part of the key of a property file. @param file `Steps.<step>.PropertyFiles.<name>` */
  propertyFile(file: string): string {
    const [, name] = file.split(".");
    const step = this.steps.find(({ Name }) => Name === name)!;
    const output = step.PropertyFiles?.find(({ PropertyFileName }) => file.endsWith(`.${PropertyFileName}`));
    return this.prefix({ Get: `Steps.${name}.ProcessingOutputConfig.Outputs['${output!.OutputName}'].S3Output.S3Uri` });
  }

  /** The beginning of an S3 URI as text: what only an execution knows is at its end. */
  private text(address: unknown): string {
    if (typeof address === "string") return address;
    const { Get: get, "Std:Join": join } = address as { Get?: string; "Std:Join"?: { Values: unknown[] } };
    if (join !== undefined) return this.text(join.Values[0]);
    const [kind, name] = get!.split(".");
    if (kind === "Parameters")
      return String(this.definition.Parameters.find(({ Name }) => Name === name)?.DefaultValue);
    const args = this.steps.find(({ Name }) => Name === name)!.Arguments as unknown as JobArguments;
    const output = /Outputs\['([^']+)'\]/.exec(get!)?.[1];
    if (output === undefined) return this.text(args.OutputDataConfig!.S3OutputPath);
    return this.text(
      args.ProcessingOutputConfig!.Outputs.find(({ OutputName }) => OutputName === output)!.S3Output.S3Uri,
    );
  }
}
