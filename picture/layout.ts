// Places the nodes of a picture in layers, from left to right, so that a request reads as a line does; a frame around the nodes of each
// module. What nothing flows to or from stands below. https://github.com/dagrejs/dagre

import { type EdgeLabel, graphlib, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import { linesOf } from "./lines";
import type { PictureEdge, PictureModule, PictureNode, Point, Rectangle, Unplaced } from "./picture";
import { boxSize, lineHeight } from "./text-size";

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** By module, for those with a frame. */
  readonly frames: ReadonlyMap<string, Rectangle>;
  readonly nodes: ReadonlyMap<string, Rectangle>;
  /** By edge; those that are not drawn have none. */
  readonly lines: ReadonlyMap<string, Pick<PictureEdge, "points" | "labelAt">>;
}

const margin = 12;
/** Between nodes above one another. */
const gap = 12;

/** The places of nodes and edges; the same for the same picture. */
export function drawn(
  modules: readonly Pick<PictureModule, "id">[],
  nodes: readonly Unplaced<PictureNode>[],
  edges: readonly Unplaced<PictureEdge>[],
): Drawing {
  const graph = new graphlib.Graph<GraphLabel, NodeLabel, EdgeLabel>({ compound: true });
  graph.setGraph({ rankdir: "LR", nodesep: gap, edgesep: 6, ranksep: 46, marginx: margin, marginy: margin });
  const framed = modules.filter(({ id }) => nodes.filter(({ module }) => module === id).length > 1);
  for (const { id } of framed) graph.setNode(frameId(id), { width: 0, height: 0 });
  const main = edges.filter(({ minor }) => !minor);
  const lone = ({ id, module }: Unplaced<PictureNode>): boolean =>
    !graph.hasNode(frameId(module)) && !main.some(({ from, to }) => from === id || to === id);
  const [linked, shelf] = [nodes.filter((node) => !lone(node)), nodes.filter(lone)];
  for (const node of linked) {
    graph.setNode(node.id, boxSize(node));
    if (graph.hasNode(frameId(node.module))) graph.setParent(node.id, frameId(node.module));
  }
  // Their labels fit between the layers: only the height counts, but dagre places none without a width.
  for (const { from, to, label } of main)
    graph.setEdge(from, to, { width: 1, height: lineHeight, labelpos: "c", weight: label === "invokes" ? 4 : 1 });
  layout(graph);
  levelled(linked.map(({ id }) => graph.node(id)));
  turned(graph, nodes[0]?.id ?? "");

  const placed = (id: string): Rectangle => around(graph.node(id));
  const places = new Map(linked.map(({ id }) => [id, placed(id)]));
  const { width = 0, height = 0 } = linked.length > 0 ? graph.graph() : {};
  const below = shelved(shelf, Math.max(width, 2 * margin), linked.length > 0 ? height : margin);
  const bends = main.map(({ id, from, to }) => {
    const { points = [], x = 0, y = 0 } = graph.edge(from, to);
    // The first and the last are on the borders of the nodes, where dagre cuts a line to the middle; the lines have their own ends.
    return { id, from, to, bends: points.slice(1, -1).map(rounded), labelAt: rounded({ x, y }) };
  });
  return {
    ...{ width: Math.round(width), height: below.height },
    frames: new Map(framed.map(({ id }) => [id, placed(frameId(id))])),
    nodes: new Map([...places, ...below.places]),
    lines: linesOf(bends, places),
  };
}

/** Makes the nodes of a layer as wide as its widest, so that a line between layers runs beside all of them. */
function levelled(nodes: readonly NodeLabel[]): void {
  const widest = new Map<number, number>();
  for (const { x = 0, width } of nodes) widest.set(x, Math.max(width, widest.get(x) ?? 0));
  for (const node of nodes) node.width = widest.get(node.x ?? 0)!;
}

/** Turns the drawing upside down if that brings a node into the upper half: what is read first. */
function turned(graph: graphlib.Graph<GraphLabel, NodeLabel, EdgeLabel>, first: string): void {
  const { height = 0 } = graph.graph();
  if (!graph.hasNode(first) || graph.node(first).y! <= height / 2) return;
  const turn = (place: { y?: number }): void => void (place.y = height - (place.y ?? 0));
  for (const id of graph.nodes()) turn(graph.node(id));
  for (const edge of graph.edges())
    for (const place of [graph.edge(edge), ...(graph.edge(edge).points ?? [])]) turn(place);
}

function frameId(module: string): string {
  return `module ${module}`;
}

/** Nodes side by side below the others, in as many rows as they need. */
function shelved(
  nodes: readonly Unplaced<PictureNode>[],
  width: number,
  top: number,
): { places: Map<string, Rectangle>; height: number } {
  const places = new Map<string, Rectangle>();
  let [x, y, tallest] = [margin, Math.round(top), 0];
  for (const node of nodes) {
    const size = boxSize(node);
    if (x > margin && x + size.width > width - margin) [x, y, tallest] = [margin, y + tallest + gap, 0];
    places.set(node.id, { x, y, ...size });
    x += size.width + gap;
    tallest = Math.max(tallest, size.height);
  }
  return { places, height: Math.round(y + (nodes.length > 0 ? tallest + margin : 0)) };
}

/** dagre gives middles. */
function around({ x = 0, y = 0, width, height }: NodeLabel): Rectangle {
  const corner = rounded({ x: x - width / 2, y: y - height / 2 });
  return { ...corner, width: Math.round(width), height: Math.round(height) };
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
