// Changes an evaluated program's graph as a mistake in the infrastructure would, and reads the matrix of the result.

import { findingsOf } from "../../access-matrix/findings";
import { type Cell, matrixOf } from "../../access-matrix/matrix";
import type { Graph, Resource } from "../../graph/resource";
import { checkGraph, isViolation } from "../../policy/check";

type Json = Record<string, unknown>;

/**
 * The graph with the inputs of all resources of a type changed.
 * @throws Error if it has none, since the test would then prove nothing
 */
export function changed(graph: Graph, type: string, change: (inputs: Json, name: string) => Json): Graph {
  if (!graph.resources.some((resource) => resource.type === type)) throw new Error(`no ${type} to change`);
  const resources = graph.resources.map((resource): Resource => {
    if (resource.type !== type) return resource;
    return { ...resource, inputs: change(structuredClone(resource.inputs) as Json, resource.name) };
  });
  return { ...graph, resources };
}

/** The graph with all API documents of a type changed. */
export function documentChanged(graph: Graph, type: string, change: (document: Document) => void): Graph {
  return changed(graph, type, (inputs) => {
    const document = JSON.parse(String(inputs.body)) as Document;
    change(document);
    return { ...inputs, body: JSON.stringify(document) };
  });
}

export interface Document {
  paths: Record<string, Record<string, Json>>;
  components: { securitySchemes: Record<string, Json> };
  security?: unknown;
  [extension: string]: unknown;
}

export const restApi = "aws:apigateway/restApi:RestApi";
export const httpApi = "aws:apigatewayv2/api:Api";

/**
 * Status by credential name of one route (`<METHOD> <path>`), at the domain if one is given, else at the address that
 * is not disabled (of several, the last).
 * @throws Error if the matrix has no such route
 */
export function statuses(graph: Graph, api: string, route: string, domain?: string): Record<string, Cell["status"]> {
  const cells = matrixOf(graph).cells.filter(
    (cell) =>
      cell.api.name === api &&
      cell.location === "route" &&
      `${cell.method} ${cell.path}` === route &&
      (domain === undefined ? !cell.endpoint.disabled : cell.endpoint.domain === domain),
  );
  if (cells.length === 0) throw new Error(`no cell of ${api}: ${route}`);
  return Object.fromEntries(cells.map(({ credential, status }) => [credential.name, status]));
}

export function findings(graph: Graph) {
  return findingsOf(matrixOf(graph));
}

/** Names of the resources that violate a rule of the policy, whatever exceptions there are. */
export function violating(graph: Graph, rule: string): string[] {
  return checkGraph(graph, { today: new Date("2026-11-20"), exceptions: [] })
    .filter((finding) => finding.rule === rule && isViolation(finding))
    .map(({ resource }) => resource.split("::")[1]!);
}
