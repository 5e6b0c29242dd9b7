// One execution of the pipeline: runs its steps in the order of their dependencies, until one fails or all are done.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Actor } from "./aws/buckets";
import { type Definition, type Step, allSteps, inOrder } from "./definition/definition";
import { ExecutionFailed, holds, type Known, resolved } from "./definition/expressions";
import type { JobContext } from "./jobs/job-permissions";
import { processingJob, type Properties, trainingJob, addressOf } from "./jobs/jobs";
import type { Registry } from "./aws/registry";
import { ServiceError } from "../aws/service";

export interface ExecutionOptions {
  readonly definition: Definition;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly id: string;
  readonly pipelineName: string;
  readonly pipelineArn: string;
  readonly registry: Registry;
  /** Folder that receives `<step>.json`: the resolved arguments of each step that ran. */
  readonly record: string;
  /** The part of the context that all jobs share. */
  readonly jobs: Omit<JobContext, "name" | "folder" | "at" | "say">;
  /** Creates a folder that stands for the /opt/ml of a step's container. */
  readonly containerFolder: (step: string) => string;
  readonly clock: () => number;
  readonly watch: StepWatch;
}

/** Progress callbacks. */
export interface StepWatch {
  started(step: string): void;
  said(step: string, line: string): void;
  ended(step: string, how: { readonly failed: string } | { readonly done: string }): void;
}

export interface ExecutionResult {
  /** The step that failed, and why; absent if all succeeded. */
  readonly failed?: { readonly step: string; readonly reason: string };
  /** ARN of the model package that was registered. */
  readonly registered?: string;
}

export async function execute(options: ExecutionOptions): Promise<ExecutionResult> {
  const execution = new Execution(options);
  for (const step of inOrder(options.definition.Steps)) {
    const reason = await execution.run(step);
    if (reason !== undefined) return { failed: reason };
  }
  return execution.registered === undefined ? {} : { registered: execution.registered };
}

class Execution {
  registered: string | undefined;
  private readonly properties = new Map<string, Properties>();
  private readonly known: Known;

  constructor(private readonly options: ExecutionOptions) {
    const { id, pipelineName, pipelineArn, parameters, clock } = options;
    this.known = {
      parameters,
      execution: {
        PipelineExecutionId: id,
        PipelineName: pipelineName,
        PipelineArn: pipelineArn,
        PipelineExecutionArn: `${pipelineArn}/execution/${id}`,
        StartDateTime: new Date(clock()).toISOString(),
        CurrentDateTime: new Date(clock()).toISOString(),
      },
      properties: this.properties,
      propertyFile: (step, name) => this.propertyFile(step, name),
    };
  }

  /** @returns the failure of this step, or of one in the branch that it chose; `undefined` if all succeeded */
  async run(step: Step): Promise<ExecutionResult["failed"]> {
    const { watch } = this.options;
    watch.started(step.Name);
    try {
      const done = await this.carryOut(step);
      watch.ended(step.Name, { done: done.text });
      for (const next of done.next ?? []) {
        const reason = await this.run(next);
        if (reason !== undefined) return reason;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof ExecutionFailed) && !(error instanceof ServiceError)) throw error;
      watch.ended(step.Name, { failed: error.message });
      return { step: step.Name, reason: error.message };
    }
  }

  private async carryOut(step: Step): Promise<{ text: string; next?: readonly Step[] }> {
    if (step.Type === "Condition") return this.condition(step);
    const args = resolved(step.Arguments, this.known) as Record<string, unknown>;
    writeFileSync(
      join(this.options.record, `${step.Name}.json`),
      JSON.stringify({ Type: step.Type, ...args }, null, 2),
    );
    switch (step.Type) {
      case "Processing":
        this.properties.set(step.Name, await processingJob(args as never, this.job(step.Name)));
        return { text: "" };
      case "Training":
        this.properties.set(step.Name, await trainingJob(args as never, this.job(step.Name)));
        return { text: "" };
      case "RegisterModel":
        this.registered = this.register(args);
        return { text: this.registered };
      case "Fail":
        throw new ExecutionFailed(String(args.ErrorMessage));
      default:
        throw new ExecutionFailed(`steps of the type ${step.Type} are not run here`);
    }
  }

  private condition({ Arguments }: Step): { text: string; next: readonly Step[] } {
    const { Conditions, IfSteps, ElseSteps } = Arguments as unknown as {
      Conditions: { Type: string; LeftValue: unknown; RightValue: unknown }[];
      IfSteps: Step[];
      ElseSteps: Step[];
    };
    const met = Conditions.every((condition) => holds(condition, this.known));
    return { text: met ? "met" : "not met", next: met ? IfSteps : ElseSteps };
  }

  /** SageMaker reads the objects that a model package names before it registers the package. */
  private register(args: Record<string, unknown>): string {
    const { jobs, registry } = this.options;
    const { ModelMetrics, InferenceSpecification } = args as unknown as {
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: string } } };
      InferenceSpecification: { Containers: { ModelDataUrl: string }[] };
    };
    const addresses = [
      ModelMetrics.ModelQuality.Statistics.S3Uri,
      ...InferenceSpecification.Containers.map(({ ModelDataUrl }) => ModelDataUrl),
    ];
    for (const address of addresses) this.objectAt(address);
    return registry.create(jobs.pipeline, args);
  }

  private propertyFile(step: string, name: string): unknown {
    const file = allSteps(this.options.definition.Steps)
      .find(({ Name }) => Name === step)
      ?.PropertyFiles?.find(({ PropertyFileName }) => PropertyFileName === name);
    const location =
      this.properties.get(step)?.[`ProcessingOutputConfig.Outputs['${file?.OutputName}'].S3Output.S3Uri`];
    if (file === undefined || location === undefined) throw new ExecutionFailed(`${step} has no property file ${name}`);
    try {
      return JSON.parse(this.objectAt(`${location}/${file.FilePath}`).toString("utf8"));
    } catch (error) {
      if (error instanceof SyntaxError) throw new ExecutionFailed(`the property file ${name} of ${step} is not JSON`);
      throw error;
    }
  }

  private objectAt(uri: string): Buffer {
    const { bucket, key } = addressOf(uri);
    const actor: Actor = { principal: this.options.jobs.pipeline };
    return this.options.jobs.buckets.get(actor, bucket, key).body;
  }

  private job(step: string): JobContext {
    const { jobs, id, clock, watch, containerFolder } = this.options;
    return {
      ...jobs,
      name: `pipelines-${id}-${step}`,
      folder: containerFolder(step),
      at: clock(),
      say: (line) => watch.said(step, line),
    };
  }
}
