// The lines of a picture: from the side of one node to the side of the other, apart from each other there, and through the layers as
// dagre leads them. Between two layers a line may rise or fall; beside a node it runs level, so that none runs through one.

import type { PictureEdge, Point, Rectangle } from "./picture";

export interface Bends {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Points between its ends. */
  readonly bends: readonly Point[];
  readonly labelAt: Point;
}

interface End {
  readonly line: Bends;
  readonly node: string;
  readonly side: "left" | "right";
  /** Height of the next point, which orders the ends at one side. */
  readonly towards: number;
}

export function linesOf(
  lines: readonly Bends[],
  places: ReadonlyMap<string, Rectangle>,
): Map<string, Pick<PictureEdge, "points" | "labelAt">> {
  const ends = lines.flatMap((line) => {
    const [from, to] = [places.get(line.from)!, places.get(line.to)!];
    const forward = from.x + from.width / 2 <= to.x + to.width / 2;
    const start: End = { line, node: line.from, side: forward ? "right" : "left", towards: (line.bends[0] ?? to).y };
    const end: End = { line, node: line.to, side: forward ? "left" : "right", towards: (line.bends.at(-1) ?? from).y };
    return [start, end];
  });
  const point = (line: Bends, node: string): Point => {
    const own = ends.find((end) => end.line === line && end.node === node)!;
    const beside = ends
      .filter((end) => end.node === node && end.side === own.side)
      .sort((a, b) => a.towards - b.towards);
    const { x, y, width, height } = places.get(node)!;
    return {
      x: own.side === "left" ? x : x + width,
      y: Math.round(y + (height * (beside.indexOf(own) + 1)) / (beside.length + 1)),
    };
  };
  return new Map(
    lines.map((line) => [
      line.id,
      { points: [point(line, line.from), ...line.bends, point(line, line.to)], labelAt: line.labelAt },
    ]),
  );
}
