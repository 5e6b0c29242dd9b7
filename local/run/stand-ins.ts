// The stand-ins for AWS's services that a run's functions call: of the rotation, of published models, and of SageMaker's endpoints.

import { join } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { type LocalAws, openLocalAws } from "../aws/local-aws";
import type { Home } from "../base/home";
import type { Authority } from "../certificates/authority";
import { LocalEndpoints, type Replacement } from "../endpoints/local-endpoints";
import { WatchedPublications } from "../training/publishing/watched-publications";
import { serversOf } from "./served-models";

export interface StandInOptions {
  readonly graph: Graph;
  readonly home: Home;
  readonly authority: Authority;
  readonly stack: string;
  readonly overlapSeconds: number | undefined;
  /** By model: the V2 server that computes it in the place of its endpoint's engine. */
  readonly engines: ReadonlyMap<string, URL>;
  /** Receives each line that an engine writes, with its endpoint's name. */
  readonly log: (endpoint: string, text: string) => void;
}

export interface StandIns {
  /** `undefined` if no API key is rotated. */
  readonly aws: LocalAws | undefined;
  readonly publications: WatchedPublications;
  readonly endpoints: LocalEndpoints;
  /** Environment variables to add to a function's own. */
  variablesOf(functionName: string): Readonly<Record<string, string>>;
}

/**
 * @param opened receives what closes each stand-in as soon as there is something to close
 * @throws Unenforceable for a declared resource that has no faithful stand-in here, or whose model cannot be loaded; Error for a
 * server of `engines` that does not serve its model
 */
export async function openStandIns(
  { graph, home, authority, stack, overlapSeconds, engines, log }: StandInOptions,
  opened: (close: () => Promise<void>) => void,
): Promise<StandIns> {
  const common = { authority, seed: home.seed, clock: Date.now };
  const aws = await openLocalAws({ ...common, graph, overlapSeconds });
  if (aws !== undefined) opened(aws.close);
  const publications = new WatchedPublications({ ...common, folder: join(home.cloud, stack) });
  opened(() => publications.close());
  await publications.open(graph);
  const endpoints = new LocalEndpoints({
    ...common,
    projectRoot,
    folder: join(home.work, "endpoints"),
    log,
    servers: (next) => serversOf(next, engines),
  });
  opened(() => endpoints.close());
  (await endpoints.replace(graph)).settle();
  return {
    ...{ aws, publications, endpoints },
    variablesOf: (name) => ({
      ...aws?.variablesOf(name),
      ...publications.variablesOf(name),
      ...endpoints.variablesOf(name),
    }),
  };
}

/** Swaps in the endpoints of another graph, then its functions; if these fail, the endpoints are put back. */
export async function replaceAll(
  graph: Graph,
  endpoints: Pick<LocalEndpoints, "replace">,
  functions: { replace(graph: Graph): Promise<void> },
): Promise<void> {
  const replacement: Replacement = await endpoints.replace(graph);
  try {
    await functions.replace(graph);
  } catch (error) {
    await replacement.undo();
    throw error;
  }
  replacement.settle();
}
