// A picture as one SVG file: no script, no font of its own, light and dark, with its own ground, so that it is readable in a page of
// either kind that embeds it as an image.

import { cut, labelFont, lineHeight, textFont } from "./text-size";
import type { Picture, PictureEdge, PictureNode, Point } from "./picture";

/** Text as XML: a resource's name is text, whatever it is. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

const light = {
  ...{
    ground: "#fff",
    inside: "#f6f8fa",
    box: "#fff",
    frame: "#d1d9e0",
    line: "#8c959f",
    text: "#1f2328",
    dim: "#59636e",
  },
  ...{ caller: "#59636e", api: "#8250df", compute: "#bc4c00", data: "#1a7f37", security: "#cf222e" },
  ...{ operations: "#bf3989", network: "#0969da", other: "#8c959f" },
};
const dark: typeof light = {
  ...{
    ground: "#0d1117",
    inside: "#151b23",
    box: "#0d1117",
    frame: "#30363d",
    line: "#6e7681",
    text: "#f0f6fc",
    dim: "#9198a1",
  },
  ...{ caller: "#9198a1", api: "#ab7df8", compute: "#f0883e", data: "#3fb950", security: "#f85149" },
  ...{ operations: "#db61a2", network: "#4493f8", other: "#6e7681" },
};

function colours(scheme: typeof light): string {
  const names = Object.entries(scheme).map(([name, colour]) => `--${name}:${colour}`);
  return `.picture{${names.join(";")}}`;
}

const style = [
  colours(light),
  `@media(prefers-color-scheme:dark){${colours(dark)}}`,
  `.picture text{font:${textFont.size}px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--dim)}`,
  `.picture .label{font-size:${labelFont.size}px;font-weight:600;fill:var(--text)}`,
  `.picture .module{font-weight:600;paint-order:stroke;stroke:var(--ground);stroke-width:4px}`,
  `.picture .flow{paint-order:stroke;stroke:var(--inside);stroke-width:3px;text-anchor:middle}`,
  `.picture .ground{fill:var(--ground)}.picture .frame{fill:var(--inside);stroke:var(--frame)}`,
  `.picture .box{fill:var(--box);stroke:var(--frame)}`,
  `.picture .line{fill:none;stroke:var(--line)}.picture .request{stroke:var(--api);stroke-width:1.7}.picture .head{fill:var(--line)}`,
  ...Object.keys(light)
    .map((name) => `.picture .of-${name}{fill:var(--${name})}`)
    .slice(7),
].join("\n");

/** The picture as SVG: the text of a file. */
export function svgOf(picture: Picture): string {
  const { stack, width, height, modules, nodes, edges } = picture;
  const lines = edges.filter(({ points }) => points.length > 0);
  const names = new Map(nodes.map((node) => [node.id, `${node.label} (${node.kind})`]));
  const said = lines.map(({ from, label, to }) => `${names.get(from)} ${label} ${names.get(to)}`).join("; ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="picture" role="img" aria-labelledby="picture-title picture-desc">`,
    `<title id="picture-title">${escaped(`Architecture of the stack ${stack}`)}</title>`,
    `<desc id="picture-desc">${escaped(said)}</desc>`,
    `<style>
${style}
</style>`,
    `<defs><marker id="picture-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...modules.flatMap(({ id, frame }) => {
      if (frame === undefined) return [];
      const { x, y, width: w, height: h } = frame;
      return [
        `<rect class="frame" x="${x}" y="${y}" width="${w}" height="${h}" rx="6"/>`,
        `<text class="module" x="${x + 10}" y="${y + 4}">${escaped(cut(id))}</text>`,
      ];
    }),
    ...lines.map((line) => lineOf(line, isRequest(line, nodes))),
    ...nodes.map(boxOf),
    ...lines.map(
      ({ label, labelAt }) =>
        `<text class="flow" x="${labelAt!.x}" y="${labelAt!.y + 3}">${escaped(cut(label))}</text>`,
    ),
    "</svg>\n",
  ].join("\n");
}

function boxOf({ label, kind, category, details, x, y, width, height }: PictureNode): string {
  const rows = [kind, ...details].map(
    (text, row) => `<text x="${x + 12}" y="${y + 30 + row * lineHeight}">${escaped(cut(text))}</text>`,
  );
  return [
    `<g><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<rect x="${x}" y="${y}" width="4" height="${height}" rx="2" class="of-${category}"/>`,
    `<text class="label" x="${x + 12}" y="${y + 16}">${escaped(cut(label))}</text>${rows.join("")}</g>`,
  ].join("");
}

function lineOf({ points }: PictureEdge, request: boolean): string {
  return `<path class="line${request ? " request" : ""}" d="${smooth(points)}" marker-end="url(#picture-head)"/>`;
}

/** Whether a caller's request takes this way: to an API, and from it to what answers. */
export function isRequest({ from, to, label }: PictureEdge, nodes: readonly PictureNode[]): boolean {
  const [source, target] = [from, to].map((id) => nodes.find((node) => node.id === id)?.category);
  if (source === "caller") return label === "HTTPS";
  return source === "api" ? target === "api" || label === "invokes" : label === "filters";
}

/** A line through the points that is level at each of them: data of an SVG path. */
export function smooth([first, ...rest]: readonly Point[]): string {
  let before = first!;
  const curves = rest.map((point) => {
    const middle = (before.x + point.x) / 2;
    const curve = `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
    return curve;
  });
  return `M${first!.x} ${first!.y}${curves.join("")}`;
}
