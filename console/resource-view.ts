// A resource as the page shows it: its inputs without secrets, what it depends on and what depends on it, which roles may reach it, what the
// policy pack says of it, and what of it is not enforced on a laptop.

import { printable } from "../graph/print";
import type { Graph, Resource } from "../graph/resource";
import type { NotEnforced } from "../local/base/unenforceable";
import { matchesWildcard } from "../local/iam/wildcard";
import type { Finding } from "../policy/check";
import { identityStatements, identityTypes } from "../policy/queries/statements";
import { NotTried } from "../verify/source";
import type { ResourceSummary, ResourceView } from "./wire";

export function resourceList({ resources }: Graph): ResourceSummary[] {
  return resources.map(({ urn, type, name }) => ({ urn, type, name }));
}

/**
 * @param findings of the policy pack about the whole graph
 * @param lines of the source that made each resource, by URN
 * @throws NotTried if there is none with this URN
 */
export function resourceView(
  urn: string,
  graph: Graph,
  notEnforced: readonly NotEnforced[],
  findings: readonly Finding[],
  lines: ReadonlyMap<string, string>,
): ResourceView {
  const resource = graph.resources.find((one) => one.urn === urn);
  if (resource === undefined) throw new NotTried("the program has no such resource: reload the page");
  const { type, name, id } = resource;
  const [shown] = printable({ ...graph, resources: [resource] }) as [{ inputs: object }];
  return {
    ...{ urn, type, name, id, inputs: shown.inputs, dependencies: dependenciesOf(resource) },
    line: lines.get(urn),
    dependents: graph.resources.filter((other) => dependenciesOf(other).includes(urn)).map((other) => other.urn),
    reachedBy: identitiesThatReach(resource, graph),
    findings: findings
      .filter((finding) => finding.urn === urn)
      .map(({ rule, severity, message, status, reason }) => ({ rule, severity, message, status, reason })),
    // Behind the URN stands the place within the resource.
    notEnforced: notEnforced.filter((one) => isAt(urn, one.resource)).map(({ why }) => why),
  };
}

/** Those that are declared, and those that a property's value comes from. */
function dependenciesOf({ dependencies, propertyDependencies }: Resource): string[] {
  return [...new Set([...dependencies, ...Object.values(propertyDependencies).flat()])];
}

/** The statements of roles and policies that name the resource's ARN, or what lies below it. */
function identitiesThatReach({ outputs }: Resource, graph: Graph): ResourceView["reachedBy"] {
  const { arn } = outputs;
  if (typeof arn !== "string" || arn === "") return [];
  return graph.resources
    .filter(({ type }) => identityTypes.includes(type))
    .flatMap((identity) =>
      identityStatements(identity)
        .filter(({ actions }) => actions.some((action) => action === "*" || action.startsWith(`${arn.split(":")[2]}:`)))
        .filter(({ resources }) => resources.some((pattern) => names(pattern, arn)))
        .map(({ allows, actions }) => ({ urn: identity.urn, allows, actions })),
    );
}

function names(pattern: string, arn: string): boolean {
  return matchesWildcard(pattern, arn) || pattern.startsWith(`${arn}/`) || pattern.startsWith(`${arn}:`);
}

function isAt(urn: string, place: string): boolean {
  return place.startsWith(urn) && !/^[\w-]/.test(place.slice(urn.length));
}
