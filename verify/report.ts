// The report of a verification: for people a table with one line for each kind of call, for scripts every call as JSON.

import type { Status } from "../access-matrix/evaluation";
import { addressOf } from "../access-matrix/findings";
import { endpointLabel } from "../access-matrix/labels";
import type { Matrix } from "../access-matrix/matrix";
import type { Verification, Verified } from "./verification";

/** Whether the stack lets in exactly whom the matrix lets in, as far as it was tried. */
export function holds({ cells, standing }: Verification): boolean {
  return [...cells, ...standing].every(({ outcome }) => outcome === "as expected" || outcome === "not tried");
}

/** Whether every call was tried. */
export function isWhole({ cells, standing }: Verification): boolean {
  return [...cells, ...standing].every(({ outcome }) => outcome !== "not tried");
}

export function reportText(matrix: Matrix, verification: Verification): string {
  const { cells, standing } = verification;
  const sections = matrix.apis.flatMap((api) =>
    api.endpoints.flatMap((endpoint) => [
      `${api.name} (${api.kind} API, stage ${api.stage}), ${addressOf(endpoint)}: ${plain(endpointLabel(endpoint))}`,
      ...table(cells.filter(({ cell }) => cell.api === api && cell.endpoint === endpoint)),
      "",
    ]),
  );
  const stands = standing.map(({ api, outcome, text }) => `${mark(outcome)} ${api}: ${text}`);
  const wrong = cells.filter(({ outcome }) => !["as expected", "not tried"].includes(outcome)).map(difference);
  return [
    ...sections,
    ...stands,
    ...(stands.length > 0 ? [""] : []),
    ...(wrong.length === 0 ? [] : ["Not as the matrix says:", ...wrong, ""]),
    ...summary(matrix, verification),
  ].join("\n");
}

export function reportJson(matrix: Matrix, verification: Verification): object {
  return {
    stack: matrix.stack,
    holds: holds(verification),
    whole: isWhole(verification),
    counts: counts(verification),
    standing: verification.standing,
    cells: verification.cells.map(({ cell, tls, answered, outcome, note }) => ({
      api: cell.api.name,
      address: addressOf(cell.endpoint),
      place: place({ cell, tls }),
      method: cell.method,
      path: cell.path,
      credential: cell.credential.name,
      expected: cell.status,
      answered: answered ?? null,
      outcome,
      note,
    })),
  };
}

function counts({ cells, standing }: Verification): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { outcome } of [...cells, ...standing]) all[outcome] = (all[outcome] ?? 0) + 1;
  return all;
}

function summary({ stack }: Matrix, verification: Verification): string[] {
  const { cells } = verification;
  const found = Object.entries(counts(verification)).map(([outcome, count]) => `${count} ${outcome}`);
  const letIn = cells.some(({ answered }) => typeof answered === "number" && answered < 400);
  return [
    `Stack ${stack}: ${found.join(", ")}.`,
    // It would look the same if the stack refused everybody.
    ...(letIn ? [] : ["No call was let in, so that this proves only that these calls are refused."]),
    holds(verification)
      ? "It lets in whom the access matrix lets in, as far as it was tried."
      : "IT IS NOT AS THE ACCESS MATRIX SAYS.",
  ];
}

/** One row for each place and credential with the same outcome, whatever the route. */
function table(cells: readonly Verified[]): string[] {
  const groups = new Map<string, Verified[]>();
  for (const verified of cells) {
    const { cell, outcome, note } = verified;
    const key = JSON.stringify([place(verified), cell.credential.name, outcome, note]);
    groups.set(key, [...(groups.get(key) ?? []), verified]);
  }
  const rows = [...groups.values()].map((group) => {
    const [first] = group as [Verified];
    const { outcome, note } = first;
    const expected = statuses(group.map(({ cell }) => cell.status));
    const answered = statuses(group.map(({ answered }) => answered));
    const calls = `${group.length} ${group.length === 1 ? "call" : "calls"}`;
    return [mark(outcome), place(first), first.cell.credential.name, calls, expected, answered, outcome, note];
  });
  return aligned([
    ["", "place", "credential", "calls", "matrix", "answered", "outcome", "credential from, or why"],
    ...rows,
  ]);
}

function difference({ cell, tls, answered, outcome, note }: Verified): string {
  const { api, endpoint, method, path, credential, status } = cell;
  return `✗ ${outcome}: ${api.name} at ${addressOf(endpoint)}, ${place({ cell, tls })}, ${method} ${path}, ${credential.name}: ${answered ?? "–"}, and the matrix says ${status}${note === "" ? "" : ` (${note})`}`;
}

function place({ cell, tls }: Pick<Verified, "cell" | "tls">): string {
  return tls === undefined ? cell.location : `${tls.replace("v1", " 1").replace(/ 1$/, " 1.0")} only`;
}

function statuses(all: readonly (Status | undefined)[]): string {
  return [...new Set(all.map((status) => String(status ?? "–")))].join(", ");
}

function mark(outcome: string): string {
  return outcome === "as expected" ? "✓" : outcome === "not tried" ? "–" : "✗";
}

/** Without the emphasis of Markdown. */
function plain(text: string): string {
  return text.replaceAll("**", "");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
