// Which node each resource belongs to. A node is made for each resource of a kind of its own; those of one kind in one component are one.

import type { Graph, Resource } from "../graph/resource";
import { type Kind, kindOf, kinds, parts } from "./kinds";
import type { Naming } from "./naming";

/** A node in the making: the resources for which it stands first, and then their parts. */
export interface Part {
  readonly kind: Kind;
  /** The components around all its heads, from the module inwards. */
  readonly path: readonly Resource[];
  readonly heads: Resource[];
  readonly members: Resource[];
}

export interface Ownership {
  readonly parts: readonly Part[];
  /** The node of each resource that has one, by URN. */
  readonly of: ReadonlyMap<string, Part>;
  /** Components, and what belongs to no node. */
  readonly components: readonly Resource[];
  readonly others: readonly Resource[];
}

const order = Object.keys(kinds);
const isComponent = ({ id }: Resource): boolean => id === "";
const isPart = ({ type }: Resource): boolean => type in parts || type.startsWith("pulumi:providers:");

export function ownersOf(graph: Graph, naming: Naming): Ownership {
  const byUrn = new Map(graph.resources.map((resource) => [resource.urn, resource]));
  const named = (resource: Resource, property: string): Resource[] =>
    naming.of(resource).flatMap((reference) => (reference.property === property ? [reference.target] : []));
  const heads = graph.resources.filter(
    (resource) => !isComponent(resource) && !isPart(resource) && !withinAnother(resource, named),
  );
  const path = (resource: Resource): Resource[] => {
    const parent = byUrn.get(resource.parent);
    return parent === undefined ? [] : [...path(parent), parent];
  };
  const found = groups(heads, path);
  const of = new Map(found.flatMap((part) => part.heads.map((head) => [head.urn, part] as const)));

  /** What a resource's property names; after `←`, the resources of a type that name it by a property. */
  const pointed = (resource: Resource, property: string): Resource[] => {
    const [, type, by] = /^← (\S+) (\S+)$/.exec(property) ?? [];
    if (type === undefined || by === undefined) return named(resource, property);
    return graph.resources.filter((source) => source.type === type && named(source, by).includes(resource));
  };
  const seen = new Set<string>();
  const ownerOf = (resource: Resource): Part | undefined => {
    const known = of.get(resource.urn);
    if (known !== undefined || seen.has(resource.urn)) return known;
    seen.add(resource.urn);
    const property = kinds[resource.type]?.within ?? parts[resource.type] ?? "";
    const owner =
      pointed(resource, property)
        .map(ownerOf)
        .find((part) => part !== undefined) ?? nearest(resource);
    if (owner !== undefined) of.set(resource.urn, owner);
    return owner;
  };
  /** Of the innermost component that has nodes: one that names the resource, else one directly in it, else the first of the kinds. */
  const nearest = (resource: Resource): Part | undefined => {
    for (const component of path(resource).reverse()) {
      const near = heads.filter((head) => path(head).includes(component));
      const rank = (head: Resource): number[] => [
        naming.of(head).some(({ target }) => target === resource) ? 0 : 1,
        head.parent === component.urn ? 0 : 1,
        (order.indexOf(head.type) + order.length) % order.length,
      ];
      const [first] = near.sort((a, b) => compare(rank(a), rank(b)));
      if (first !== undefined) return of.get(first.urn);
    }
    return undefined;
  };
  const others: Resource[] = [];
  for (const resource of graph.resources) {
    if (isComponent(resource)) continue;
    const owner = ownerOf(resource);
    if (owner === undefined) others.push(resource);
    else if (!owner.heads.includes(resource)) owner.members.push(resource);
  }
  return { parts: found, of, components: graph.resources.filter(isComponent), others };
}

function withinAnother(resource: Resource, named: (resource: Resource, property: string) => Resource[]): boolean {
  const { within } = kinds[resource.type] ?? {};
  return within !== undefined && named(resource, within).length > 0;
}

/** Nodes: one for each head, and one for those of a kind with a word for several that share a component. */
function groups(heads: readonly Resource[], path: (resource: Resource) => Resource[]): Part[] {
  const found = new Map<string, { kind: Kind; heads: Resource[] }>();
  for (const head of heads) {
    const kind = kindOf(head.type);
    const around = path(head);
    // A component around nodes of one kind alone, such as a bucket with its settings, is that node: the one around it counts.
    const alone = (component: Resource): boolean =>
      heads.every((other) => other.type === head.type || !path(other).includes(component));
    const shared = around.findLast((component) => !alone(component)) ?? around[0];
    const key = kind.several === undefined ? head.urn : `${head.type} ${shared?.urn ?? ""}`;
    const part = found.get(key);
    if (part === undefined) found.set(key, { kind, heads: [head] });
    else part.heads.push(head);
  }
  return [...found.values()].map(({ kind, heads: same }) => {
    const around = path(same[0]!).filter((component) => same.every((head) => path(head).includes(component)));
    return { kind, path: around, heads: same, members: [] };
  });
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : one[at]! - other[at]!;
}
