// Starts only the publisher function, for commands that run in a process of their own, with or without a local run.

import type { Graph } from "../../../graph/resource";
import type { Authority } from "../../certificates/authority";
import { LocalFunctions } from "../../functions/local-functions";
import type { LogLine } from "../../functions/environments/log-lines";
import type { TrainingCloud } from "../aws/cloud";

export interface PublisherOptions {
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
