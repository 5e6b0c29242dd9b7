// What follows the registration of a model: approves it if requested, delivers its event to the publisher, and reads
// what is live afterwards.

import type { LivePointer } from "../../../contract";
import type { Graph } from "../../../graph/resource";
import type { Invocation } from "../../functions/environments/invocation";
import type { TrainingCloud } from "../aws/cloud";
import { deliver } from "../aws/events";
import type { Authority } from "../../certificates/authority";
import { LocalFunctions } from "../../functions/local-functions";
import type { LogLine } from "../../functions/environments/log-lines";

export type Published =
  | { readonly outcome: "registered"; readonly packageArn: string }
  | { readonly outcome: "published"; readonly packageArn: string; readonly pointer: LivePointer }
  | { readonly outcome: "not published"; readonly packageArn: string; readonly reason: string };

export interface PublishingOptions {
  readonly graph: Graph;
  readonly cloud: TrainingCloud;
  readonly packageArn: string;
  /** Whether to approve a model that is pending manual approval. */
  readonly approve: boolean;
  /** Starts the publisher function; called only once the model is approved. */
  readonly publisher: () => ReturnType<typeof startPublisher>;
  readonly note: (line: string) => void;
}

export async function publish(options: PublishingOptions): Promise<Published> {
  const { graph, cloud, packageArn } = options;
  const { registry } = cloud;
  if (registry.described(packageArn).ModelApprovalStatus !== "Approved") {
    if (!options.approve) return { outcome: "registered", packageArn };
    options.note("Approving the model in the registry's stand-in, as a person would.");
    registry.approve(packageArn);
  }
  const functions = await options.publisher();
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

// Starts only the publisher function, for commands that run in a process of their own, with or without a local run.

interface PublisherOptions {
  readonly graph: Graph;
  readonly cloud: TrainingCloud;
  readonly authority: Authority;
  readonly workDirectory: string;
  readonly projectRoot: string;
  readonly log: (line: LogLine) => void;
}

/** @throws Unenforceable if the publisher cannot be run here */
export function startPublisher(options: PublisherOptions): Promise<LocalFunctions> {
  const { graph, cloud, authority } = options;
  const { publisherName } = cloud;
  const others = new Set(["aws:lambda/function:Function", "aws:lambda/alias:Alias"]);
  const resources = graph.resources.filter(
    ({ type, inputs }) => !others.has(type) || inputs.name === publisherName || inputs.functionName === publisherName,
  );
  return LocalFunctions.start(
    { ...graph, resources },
    {
      workDirectory: options.workDirectory,
      projectRoot: options.projectRoot,
      log: options.log,
      variables: (name) => ({ NODE_EXTRA_CA_CERTS: authority.file, ...cloud.variablesOf(name) }),
    },
  );
}
