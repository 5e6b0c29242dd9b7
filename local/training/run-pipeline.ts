// The pipeline of the program, run here from its data to the published model.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LivePointer } from "../../contract";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { roleOf } from "../aws/principals";
import { openAuthority } from "../certificates";
import type { Invocation } from "../functions/functions";
import type { Home } from "../home";
import type { Principal } from "../identities";
import { openTrainingCloud, type TrainingCloud } from "./cloud";
import { parametersOf } from "./definition";
import { deliver } from "./events";
import { execute, type StepWatch } from "./execution";
import { ExecutionFailed } from "./expressions";
import { startPublisher } from "./publisher";
import { openEnvironment } from "./python";
import { wayTo } from "./ways";

export interface PipelineRunOptions {
  readonly home: Home;
  readonly stack: string;
  /** Settings of the program that override the stack's. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parameters of the pipeline that override its defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Folder of `.csv` files in place of the shipped data. */
  readonly data?: string;
  /** Whether a model that waits for a person's approval gets it. */
  readonly approve: boolean;
  readonly watch: StepWatch & { note(line: string): void };
  /** Changes the program's graph before it is played: what a test takes away. */
  readonly change?: (graph: Graph) => Graph;
}

export type PipelineOutcome =
  | { readonly outcome: "failed"; readonly step: string; readonly reason: string }
  | { readonly outcome: "registered"; readonly packageArn: string }
  | { readonly outcome: "published"; readonly packageArn: string; readonly pointer: LivePointer }
  | { readonly outcome: "not published"; readonly packageArn: string; readonly reason: string };

/** @throws UsageError for parameters; NoPython; Error for what is no step's fault */
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
    return await published(options, graph, cloud, packageArn, () =>
      startPublisher({
        graph,
        cloud,
        authority,
        workDirectory: home.work,
        projectRoot,
        log: ({ text }) => watch.note(text),
      }),
    );
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
  // As the service's: twelve letters and digits.
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
        wayTo: (service, place) => wayTo(graph, service, place),
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

/** A role that SageMaker takes. @throws ExecutionFailed where the role does not let it */
export function serviceRole(graph: Graph, arn: string, seed: Buffer): Principal {
  const role = ofType(graph, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn);
  const document = JSON.parse(String(role?.inputs.assumeRolePolicy ?? "{}")) as {
    Statement?: { Effect: string; Principal?: { Service?: string } }[];
  };
  const trusts = document.Statement?.some(
    ({ Effect, Principal }) => Effect === "Allow" && Principal?.Service === "sagemaker.amazonaws.com",
  );
  if (trusts !== true) throw new ExecutionFailed(`SageMaker may not take the role ${arn}`);
  // `roleOf` asks for what takes the role: here a job.
  const job = { urn: arn, inputs: { role: arn }, outputs: { name: "SageMaker" } } as unknown as Resource;
  return roleOf(graph, job, seed);
}

async function published(
  { approve, watch }: PipelineRunOptions,
  graph: Graph,
  cloud: TrainingCloud,
  packageArn: string,
  publisher: () => ReturnType<typeof startPublisher>,
): Promise<PipelineOutcome> {
  const { registry } = cloud;
  if (registry.described(packageArn).ModelApprovalStatus !== "Approved") {
    if (!approve) return { outcome: "registered", packageArn };
    watch.note("Approving the model in the registry's stand-in, as a person would.");
    registry.approve(packageArn);
  }
  const functions = await publisher();
  try {
    const outcomes = await deliver(graph, registry.eventOf(packageArn), functions);
    if (outcomes.length === 0) return { outcome: "not published", packageArn, reason: "no rule takes the event" };
    const failure = outcomes.find(({ kind }) => kind !== "result");
    if (failure !== undefined) return { outcome: "not published", packageArn, reason: reasonOf(failure) };
    const shown = await functions.invoke(cloud.publisherArn, { command: "show" }, { timeoutMs: 60_000 });
    if (shown.kind !== "result") return { outcome: "not published", packageArn, reason: reasonOf(shown) };
    const { pointer } = shown.payload as { pointer: LivePointer };
    return { outcome: "published", packageArn, pointer };
  } finally {
    await functions.close();
  }
}

function reasonOf(outcome: Invocation): string {
  return outcome.kind === "error" ? outcome.errorMessage : `the publisher ended with ${outcome.kind}`;
}

/** Puts a folder's files into the training bucket, as whoever provides the data does. @returns their address */
function uploaded(folder: string, { files, pipeline }: TrainingCloud): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
  const contents = names.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
  const digest = createHash("sha256");
  for (const [name, content] of contents) digest.update(`${name}\0${content.length}\0`).update(content);
  const prefix = `data/${digest.digest("hex").slice(0, 16)}`;
  for (const [name, content] of contents) files.write(pipeline.bucket, `${prefix}/${name}`, content, undefined);
  return `s3://${pipeline.bucket}/${prefix}`;
}
