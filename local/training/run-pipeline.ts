// Runs the program's pipeline locally, from the training data to the published model.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { openAuthority } from "../certificates/authority";
import type { Home } from "../base/home";
import { openTrainingCloud, type TrainingCloud } from "./aws/cloud";
import { parametersOf } from "./definition/definition";
import { execute, type StepWatch } from "./execution";
import { publish, type Published, startPublisher } from "./publishing/publishing";
import { openEnvironment } from "./jobs/python";
import { roleOf } from "../aws/principals";
import type { Principal } from "../iam/identities";
import { ExecutionFailed } from "./definition/expressions";

export interface PipelineRunOptions {
  readonly home: Home;
  readonly stack: string;
  /** Settings that override the stack's. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Pipeline parameters that override their defaults, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Folder of `.csv` files to use instead of the shipped data. */
  readonly data?: string;
  /** Whether to approve a model that is pending manual approval. */
  readonly approve: boolean;
  readonly watch: StepWatch & { note(line: string): void };
  /** For tests: modifies the graph before the run, for example to remove a permission. */
  readonly change?: (graph: Graph) => Graph;
}

export type PipelineOutcome =
  | Published
  | { readonly outcome: "failed"; readonly step: string; readonly reason: string };

/**
 * A step's failure is returned as an outcome, not thrown.
 * @throws UsageError for a wrong parameter; NoPython; NoPackages; Error for a failure outside the steps
 */
export async function runPipeline(options: PipelineRunOptions): Promise<PipelineOutcome> {
  const { home, stack, watch } = options;
  const set = { ...options.settings, sagemaker: true };
  const evaluated = await evaluate({ stack, set, seed: home.seed });
  const graph = options.change?.(evaluated) ?? evaluated;
  const authority = await openAuthority(home.authority);
  const folder = join(home.cloud, stack);
  const cloud = (await openTrainingCloud({ graph, authority, seed: home.seed, clock: Date.now, folder }))!;
  try {
    const python = await openEnvironment(home.python, join(projectRoot, "training/requirements.txt"), watch.note);
    cloud.buckets.seed(graph);
    const given = { ...options.parameters };
    if (options.data !== undefined) given.InputData = uploaded(options.data, cloud);
    const parameters = parametersOf(cloud.pipeline.definition, given);
    const result = await executed(options, graph, cloud, python, parameters);
    if (result.failed !== undefined) return { outcome: "failed", ...result.failed };
    const packageArn = result.registered;
    if (packageArn === undefined) throw new Error("the pipeline ended without registering a model");
    return await publish({
      ...{ graph, cloud, packageArn },
      approve: options.approve,
      publisher: () =>
        startPublisher({
          ...{ graph, cloud, authority, projectRoot },
          workDirectory: home.work,
          log: ({ text }) => watch.note(text),
        }),
      note: watch.note,
    });
  } finally {
    await cloud.close();
  }
}

async function executed(
  { home, stack, watch }: PipelineRunOptions,
  graph: Graph,
  cloud: TrainingCloud,
  python: string,
  parameters: Readonly<Record<string, string | number>>,
) {
  const { pipeline, buckets, registry, region, account } = cloud;
  // Twelve letters and digits, like SageMaker's execution ids.
  const id = createHash("sha256").update(`${process.pid}/${Date.now()}`).digest("hex").slice(0, 12);
  const record = join(home.cloud, stack, "executions", id);
  mkdirSync(record, { recursive: true, mode: 0o700 });
  const containers = mkdtempSync(join(tmpdir(), "pipeline-"));
  try {
    return await execute({
      definition: pipeline.definition,
      parameters,
      id,
      pipelineName: pipeline.name,
      pipelineArn: pipeline.arn,
      registry,
      record,
      jobs: {
        buckets,
        pipeline: serviceRole(graph, pipeline.roleArn, home.seed),
        role: (arn) => serviceRole(graph, arn, home.seed),
        ...{ python, region, account },
      },
      containerFolder: (step) => {
        const made = join(containers, step);
        mkdirSync(made);
        return made;
      },
      clock: Date.now,
      watch,
    });
  } finally {
    rmSync(containers, { recursive: true, force: true });
  }
}

/** Puts a folder's `.csv` files into the training bucket, without a permission check. @returns their S3 URI */
function uploaded(folder: string, { files, pipeline }: TrainingCloud): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
  const contents = names.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
  const digest = createHash("sha256");
  for (const [name, content] of contents) digest.update(`${name}\0${content.length}\0`).update(content);
  const prefix = `data/${digest.digest("hex").slice(0, 16)}`;
  for (const [name, content] of contents) files.write(pipeline.bucket, `${prefix}/${name}`, content, undefined);
  return `s3://${pipeline.bucket}/${prefix}`;
}

// A role that SageMaker assumes for a job or for the pipeline.

/** @throws ExecutionFailed if the program has no such role, or its trust policy does not name SageMaker */
function serviceRole(graph: Graph, arn: string, seed: Buffer): Principal {
  const role = ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn);
  const document = JSON.parse(String(role?.inputs.assumeRolePolicy ?? "{}")) as {
    Statement?: { Effect: string; Principal?: { Service?: string } }[];
  };
  const trusts = document.Statement?.some(
    ({ Effect, Principal }) => Effect === "Allow" && Principal?.Service === "sagemaker.amazonaws.com",
  );
  if (trusts !== true) throw new ExecutionFailed(`SageMaker may not take the role ${arn}`);
  // `roleOf` takes the function that assumes the role; a job stands in for it.
  const job = { urn: arn, inputs: { role: arn }, outputs: { name: "SageMaker" } } as unknown as Resource;
  return roleOf(graph, job, seed);
}
