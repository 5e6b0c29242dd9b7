// The name by which people know an API.

import type { Graph, Resource } from "../../graph/resource";

/** Name of the project's component that declares the resource, or the resource's own name if it has none. */
export function componentName(resource: Resource, graph: Graph): string {
  const parent = graph.resources.find(({ urn }) => urn === resource.parent);
  return parent && !parent.type.startsWith("pulumi:") ? parent.name : resource.name;
}
