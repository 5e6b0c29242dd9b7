// The access matrix, each cell a button that sends that call.

import { useState } from "preact/hooks";
import type { Answered, CellView, MatrixView } from "../wire";
import { Status } from "./calls";
import { post } from "./connection";

export function AccessView({ matrix }: { matrix: MatrixView }) {
  const groups = Map.groupBy(matrix.cells, ({ api, address }) => `${api} at ${address}`);
  return (
    <>
      <p>
        What each credential gets at each route, derived from the program alone. Press a cell to send that call: it is
        marked when the answer is what the matrix says.
      </p>
      {[...groups].map(([title, cells]) => (
        <Group key={title} title={title} cells={cells} meanings={matrix.meanings} />
      ))}
    </>
  );
}

function Group({
  title,
  cells,
  meanings,
}: {
  title: string;
  cells: readonly CellView[];
  meanings: MatrixView["meanings"];
}) {
  const columns = [...new Set(cells.map(({ credential }) => credential))];
  const rows = Map.groupBy(cells, callOf);
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={`Matrix of ${title}`}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">Call</th>
              {columns.map((name) => (
                <th key={name} scope="col" title={meanings[name]}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...rows].map(([call, own]) => (
              <tr key={call}>
                <th scope="row">{call}</th>
                {columns.map((name) => {
                  const cell = own.find(({ credential }) => credential === name);
                  return <td key={name}>{cell && <Cell cell={cell} />}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function callOf({ place, method, path }: CellView): string {
  return `${method} ${path}${place === "route" ? "" : ` (${place})`}`;
}

function Cell({ cell }: { cell: CellView }) {
  const [answered, setAnswered] = useState<Answered | Error | "waiting">();
  const send = async (): Promise<void> => {
    setAnswered("waiting");
    setAnswered(await post<Answered>(`/api/cells/${cell.id}`).catch((error: Error) => error));
  };
  const { sign, text } = verdictOf(answered);
  return (
    <button
      type="button"
      title={text}
      aria-label={`${callOf(cell)}, ${cell.credential}: expected ${cell.status}. ${text}`}
      disabled={answered === "waiting"}
      onClick={() => void send()}
    >
      <Status status={cell.status} /> {sign}
    </button>
  );
}

export function verdictOf(answered: Answered | Error | "waiting" | undefined): { sign: string; text: string } {
  if (answered === undefined) return { sign: "", text: "Not sent yet" };
  if (answered === "waiting") return { sign: "…", text: "Waiting for the answer" };
  if (answered instanceof Error) return { sign: "?", text: `Cannot be tried here: ${answered.message}` };
  const { status, outcome, why } = answered;
  if (outcome === "as expected") return { sign: "✓", text: `Answered ${status}, as expected` };
  return { sign: "✕", text: `Answered ${status}: ${[outcome, why].filter(Boolean).join(", ")}` };
}
