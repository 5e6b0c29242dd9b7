// The program as a picture: its parts, and what flows between them. A part opens with the resources that make it.

import { useEffect, useState } from "preact/hooks";
import type { Picture, PictureNode } from "../../picture/picture";
import { isRequest, smooth } from "../../picture/svg";
import { lineHeight } from "../../picture/text-size";
import { get } from "./connection";
import { resourceLink } from "./resources";

/** How much larger than on paper, by step. */
const scales = [0.5, 0.7, 1, 1.4, 2] as const;

export function Architecture() {
  const [picture, setPicture] = useState<Picture>();
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useState("");
  const [scale, setScale] = useState(2);
  const [search, setSearch] = useState("");
  useEffect(() => {
    get<Picture>("/api/picture").then(setPicture, (error: Error) => setProblem(error.message));
  }, []);
  if (problem !== "") return <p class="problem">{problem}</p>;
  if (picture === undefined) return <p>Drawing …</p>;
  const node = picture.nodes.find(({ id }) => id === chosen);
  const found = (one: PictureNode): boolean =>
    search !== "" && `${one.label} ${one.kind} ${one.resources.join(" ")}`.toLowerCase().includes(search.toLowerCase());
  return (
    <section aria-labelledby="architecture">
      <h2 id="architecture">Architecture</h2>
      <p class="bar">
        <label>
          Find{" "}
          <input
            type="search"
            value={search}
            placeholder="part or resource"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <button type="button" disabled={scale === 0} onClick={() => setScale(scale - 1)}>
          Smaller
        </button>
        <button type="button" disabled={scale === scales.length - 1} onClick={() => setScale(scale + 1)}>
          Larger
        </button>
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Picture of the architecture">
        <Drawing picture={picture} scale={scales[scale]!} chosen={chosen} choose={setChosen} found={found} />
      </div>
      <div aria-live="polite">{node && <Part node={node} picture={picture} />}</div>
    </section>
  );
}

interface DrawingProps {
  readonly picture: Picture;
  readonly scale: number;
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly found: (node: PictureNode) => boolean;
}

function Drawing({ picture: { width, height, modules, nodes, edges }, scale, chosen, choose, found }: DrawingProps) {
  const lines = edges.filter(({ points }) => points.length > 0);
  return (
    <svg class="picture" viewBox={`0 0 ${width} ${height}`} width={width * scale} height={height * scale}>
      <defs>
        <marker
          id="head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path class="head" d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      {modules.map(
        ({ id, frame }) =>
          frame && (
            <g key={id}>
              <rect class="frame" {...frame} rx="6" />
              <text class="module" x={frame.x + 10} y={frame.y + 4}>
                {id}
              </text>
            </g>
          ),
      )}
      {lines.map((line) => (
        <path
          key={line.id}
          class={`line ${isRequest(line, nodes) ? "request" : ""} ${[line.from, line.to].includes(chosen) ? "chosen" : ""}`}
          d={smooth(line.points)}
          marker-end="url(#head)"
        />
      ))}
      {nodes.map((node) => (
        <g
          key={node.id}
          role="button"
          tabindex={0}
          aria-pressed={node.id === chosen}
          class={`node ${node.id === chosen ? "chosen" : ""} ${found(node) ? "found" : ""}`}
          onClick={() => choose(node.id)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            choose(node.id);
          }}
        >
          <rect class="box" x={node.x} y={node.y} width={node.width} height={node.height} rx="4" />
          <rect class={`of-${node.category}`} x={node.x} y={node.y} width="4" height={node.height} rx="2" />
          <text class="label" x={node.x + 12} y={node.y + 16}>
            {node.label}
          </text>
          {[node.kind, ...node.details].map((text, row) => (
            <text key={text} x={node.x + 12} y={node.y + 30 + row * lineHeight}>
              {text}
            </text>
          ))}
        </g>
      ))}
      {lines.map(({ id, label, labelAt }) => (
        <text key={id} class="flow" x={labelAt!.x} y={labelAt!.y + 3}>
          {label}
        </text>
      ))}
    </svg>
  );
}

function Part({ node, picture }: { node: PictureNode; picture: Picture }) {
  const nameOf = (id: string): string => {
    const found = picture.nodes.find((one) => one.id === id);
    return found === undefined ? id : `${found.label} (${found.kind})`;
  };
  return (
    <article aria-label={node.label}>
      <h3>
        {node.label} <small>{node.kind}</small>
      </h3>
      <ul>
        {picture.edges
          .filter(({ from, to }) => from === node.id || to === node.id)
          .map(({ id, from, label, to }) => (
            <li key={id}>
              {nameOf(from)} {label} {nameOf(to)}
            </li>
          ))}
      </ul>
      <details open>
        <summary>Resources</summary>
        <ul>
          {node.resources.map((urn) => (
            <li key={urn}>{resourceLink(urn)}</li>
          ))}
        </ul>
      </details>
    </article>
  );
}
