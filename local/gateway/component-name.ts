// What people know an API by.

import type { Graph, Resource } from "../../graph/resource";

/** Name of the component of this project that declares a resource, below the stack; its own name where there is none. */
export function componentName(resource: Resource, graph: Graph): string {
  const parent = graph.resources.find(({ urn }) => urn === resource.parent);
  return parent && !parent.type.startsWith("pulumi:") ? parent.name : resource.name;
}
