// The program as a picture: its parts, and what flows between them, from the resource graph. What an engineer wants to see is not
// each of the two hundred resources but the APIs, functions, keys and buckets that they make; every resource is of one of them.

import { httpApiType, restApiType } from "../graph/openapi";
import { type Graph, moduleIn, type Resource } from "../graph/resource";
import { hasDefaultEndpoint, trustsIssuer } from "./api-links";
import { detailsOf } from "./details";
import { drawn, type Drawing } from "./layout";
import { type Link, linksOf } from "./links";
import { Naming } from "./naming";
import { ownersOf, type Part } from "./owners";
import type { Picture, PictureEdge, PictureModule, PictureNode, Unplaced } from "./picture";

/** The picture of a program. It has no value of any input but numbers, names of stages and of resources. */
export function pictureOf(graph: Graph): Picture {
  const naming = new Naming(graph);
  const { parts, of, components, others } = ownersOf(graph, naming);
  const moduleOf = moduleIn(graph);
  const module = (resource: Resource): string => moduleOf(resource).name;
  const ids = new Map<Part, string>();
  const links = linksOf(graph, naming, of);
  const nodes: Unplaced<PictureNode>[] = [];
  for (const part of parts) {
    const head = part.heads[0]!;
    const label = labelOf(part, module(head));
    const kind = part.heads.length > 1 ? `${part.heads.length} ${part.kind.several ?? part.kind.kind}` : part.kind.kind;
    const id = unique([module(head), part.kind.kind.replaceAll(" ", "-"), label], nodes);
    ids.set(part, id);
    const resources = [...part.heads, ...part.members].map(({ urn }) => urn);
    nodes.push({
      id,
      label,
      kind,
      category: part.kind.category,
      module: module(head),
      details: detailsOf(part, links),
      resources,
    });
  }
  for (const name of new Set(others.map(module))) {
    const resources = others.filter((resource) => module(resource) === name);
    const kind = resources.every(({ type }) => type.startsWith("pulumi:providers:"))
      ? "provider"
      : `${resources.length} other resources`;
    const node = { label: name, kind, category: "other" as const, module: name, details: [] };
    nodes.push({ ...node, id: unique([name, "other"], nodes), resources: resources.map(({ urn }) => urn) });
  }
  const edges = merged(links.map(({ from, to, ...rest }) => ({ from: ids.get(from)!, to: ids.get(to)!, ...rest })));
  edges.unshift(...outside(graph, nodes, (resource) => ids.get(of.get(resource.urn)!)!, edges));
  const modules = [...new Set(nodes.map((node) => node.module)), ...components.map(module)]
    .filter((id, index, all) => id !== "" && all.indexOf(id) === index)
    .map((id) => ({
      id,
      resources: components.flatMap((resource) => (module(resource) === id ? [resource.urn] : [])),
    }));
  return placed(graph.stack, modules, nodes, edges, drawn(modules, nodes, edges));
}

/** The resource's name, or that of the innermost component around several; without its kind, and without the names of the components around it. */
function labelOf({ path, heads, kind }: Part, module: string): string {
  let name = heads.length > 1 ? (path.at(-1)?.name ?? module) : heads[0]!.name;
  const kindsWord = kind.kind.toLowerCase().split(" ").at(-1)!;
  const ending = (): string | undefined => [kindsWord, ...roles].find((word) => name.endsWith(`-${word}`));
  for (let word = ending(); word !== undefined; word = ending()) name = name.slice(0, -word.length - 1);
  const around = path.findLast((component) => name.startsWith(`${component.name}-`));
  return around === undefined ? name : name.slice(around.name.length + 1);
}

/** Ends of names that say no more than the kind does. */
const roles = ["function", "api", "name", "acl"];

function unique(words: readonly string[], nodes: readonly { readonly id: string }[]): string {
  const id = words.join("/");
  let count = 1;
  const next = (): string => (count === 1 ? id : `${id}-${count}`);
  while (nodes.some((node) => node.id === next())) count++;
  return next();
}

type Edge = Unplaced<PictureEdge>;

/** One edge for all links from one node to another; the minor ones only where nothing else is said. */
function merged(links: readonly Link<string>[]): Edge[] {
  const found = new Map<string, { links: Link<string>[]; edge: Pick<Edge, "from" | "to"> }>();
  for (const link of links) {
    const id = `${link.from} > ${link.to}`;
    const entry = found.get(id) ?? { links: [], edge: link };
    entry.links.push(link);
    found.set(id, entry);
  }
  return [...found].map(([id, { links: all, edge }]) => {
    const minor = all.every((link) => link.minor);
    const labels = new Set(all.filter((link) => link.minor === minor).map(({ label }) => label));
    // What is more than reading and writing says it too.
    if ([...labels].some((label) => !["reads", "writes"].includes(label)))
      for (const label of ["reads", "writes"]) labels.delete(label);
    return { id, from: edge.from, to: edge.to, label: [...labels].join(", "), minor };
  });
}

/** Callers and token issuers, who are no resources: their nodes are added, and their edges returned. */
function outside(
  graph: Graph,
  nodes: Unplaced<PictureNode>[],
  idOf: (resource: Resource) => string,
  edges: readonly Edge[],
): Edge[] {
  const found: Edge[] = [];
  const external = (id: string, label: string, kind: string): string => {
    if (!nodes.some((node) => node.id === id))
      nodes.unshift({ id, label, kind, category: "caller", module: "", details: [], resources: [] });
    return id;
  };
  const add = (from: string, to: string, label: string): void => {
    const id = `${from} > ${to}`;
    if (!found.some((edge) => edge.id === id)) found.push({ id, from, to, label, minor: false });
  };
  for (const api of graph.resources.filter(({ type }) => type === restApiType || type === httpApiType)) {
    const to = idOf(api);
    const before = (label: string): string[] =>
      edges.filter((edge) => edge.to === to && edge.label === label).map(({ from }) => from);
    const [domains, filters] = [before("maps to"), before("filters")];
    const entries = [...domains, ...(hasDefaultEndpoint(api) ? (filters.length > 0 ? filters : [to]) : [])];
    for (const entry of entries.length > 0 ? entries : [to])
      add(external("callers", "Callers", "clients of the APIs"), entry, "HTTPS");
    if (trustsIssuer(api) && before("authorizes").length === 0)
      add(external("issuer", "Token issuer", "OpenID Connect"), to, "authorizes");
  }
  return found;
}

function placed(
  stack: string,
  modules: readonly PictureModule[],
  nodes: readonly Unplaced<PictureNode>[],
  edges: readonly Edge[],
  drawing: Drawing,
): Picture {
  return {
    ...{ stack, width: drawing.width, height: drawing.height },
    modules: modules.map((module) => ({ ...module, frame: drawing.frames.get(module.id) })),
    nodes: nodes.map((node) => ({ ...node, ...drawing.nodes.get(node.id)! })),
    edges: edges.map((edge) => ({ ...edge, points: [], ...drawing.lines.get(edge.id) })),
  };
}
