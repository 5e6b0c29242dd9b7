// The graph in printable form, as JSON for people and tools: secrets are hidden, and archives only list their files.

import type { Archive, Asset, Graph, Resource } from "./resource";

/** The resources as plain objects with their fields in this order; a secret value is replaced by `[secret]`. */
export function printable(graph: Graph): object[] {
  return graph.resources.map((resource) => ({
    type: resource.type,
    name: resource.name,
    urn: resource.urn,
    id: resource.id,
    parent: resource.parent,
    inputs: hide(resource.inputs, "inputs", resource),
    outputs: hide(resource.outputs, "outputs", resource),
    dependencies: resource.dependencies,
    propertyDependencies: resource.propertyDependencies,
    protect: resource.protect,
    deleteBeforeReplace: resource.deleteBeforeReplace,
  }));
}

function hide(value: unknown, path: string, resource: Resource): unknown {
  if (resource.secrets.includes(path)) return "[secret]";
  if (Array.isArray(value)) return value.map((item, index) => hide(item, `${path}.${index}`, resource));
  if (value === null || typeof value !== "object") return value;
  if ("archive" in value) return `[archive: ${entries(value as Archive).join(", ")}]`;
  if ("asset" in value) return `[asset]`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, `${path}.${key}`, resource)]));
}

/**
 * Paths inside an archive, never those on disk, which differ between machines; `…` for an archive of a whole folder.
 */
function entries({ archive }: Archive): string[] {
  if ("path" in archive) return ["…"];
  return Object.entries(archive.files).flatMap(([name, item]: [string, Asset | Archive]) =>
    "archive" in item ? entries(item).map((inner) => `${name}/${inner}`) : [name],
  );
}
