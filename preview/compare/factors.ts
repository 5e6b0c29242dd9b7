// The factors that a route asks of its callers, and which of them a change drops.

import type { CellSnapshot, Part } from "../version/snapshot";

/** Signature and token are one factor: a route that asks for the other one instead still asks who calls. */
const words: Readonly<Record<Part, string>> = {
  certificate: "a client certificate",
  signature: "a signature or token",
  token: "a signature or token",
  key: "an API key",
};

/** Every credential that is tried on a route names the parts that the route asks for. */
export function factorsOf(cells: readonly CellSnapshot[]): string[] {
  const parts = cells.flatMap(({ credential }) => Object.keys(credential));
  return [...new Set(Object.entries(words).flatMap(([part, word]) => (parts.includes(part) ? [word] : [])))];
}

export function lostFactors(before: readonly string[], after: readonly string[]): string[] {
  return before.filter((factor) => !after.includes(factor));
}
