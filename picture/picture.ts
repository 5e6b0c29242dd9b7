// A program as a picture: nodes, and edges between them, with their places. Plain data, which a page can draw too.

import type { Category } from "./kinds";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** x and y are those of the upper left corner. */
export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** A top-level component of the program; `resources` are its components, which are no part of a node. */
export interface PictureModule {
  readonly id: string;
  /** URNs. */
  readonly resources: readonly string[];
  /** Frame around its nodes; none if it has one node at most. */
  readonly frame?: Rectangle;
}

export interface PictureNode extends Rectangle {
  /** Readable, and the same as long as the part is. */
  readonly id: string;
  readonly label: string;
  /** What it is, in a word of the field. */
  readonly kind: string;
  readonly category: Category;
  /** Id of its module; empty for what is outside of the program. */
  readonly module: string;
  /** What more to say, a line each. */
  readonly details: readonly string[];
  /** URNs, first the resources that it is named after. */
  readonly resources: readonly string[];
}

export interface PictureEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Known, but not drawn: what is the same for most nodes, such as encryption. */
  readonly minor: boolean;
  /** The line, from one node's border to the other's; empty if it is not drawn. */
  readonly points: readonly Point[];
  /** Middle of the label. */
  readonly labelAt?: Point;
}

/** Lengths are in CSS pixels. */
export interface Picture {
  readonly stack: string;
  readonly width: number;
  readonly height: number;
  readonly modules: readonly PictureModule[];
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** A node or an edge before it has its place. */
export type Unplaced<T> = Omit<T, keyof Rectangle | "points" | "labelAt">;
